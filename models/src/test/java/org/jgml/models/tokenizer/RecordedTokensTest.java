package org.jgml.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jgml.models.gguf.GgufFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.jr.ob.JSON;

/// Tokens and texts that llama.cpp gives with published vocabularies, which are too large and not
/// ours to keep here. Skipped where the folder `shared/fixtures` does not lie beside the
/// repository.
final class RecordedTokensTest {
  private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

  @TempDir private Path folder;

  private static Path fixtures() {
    return Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
        .map(path -> path.resolveSibling("shared").resolve("fixtures"))
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(Path.of("shared", "fixtures"));
  }

  private static Path fixture(String name) {
    Path path = fixtures().resolve(name);
    assumeTrue(Files.exists(path), path + " is missing");
    return path;
  }

  private GgufFile unzip(String name) throws IOException {
    Path target = folder.resolve("vocabulary.gguf");
    try (InputStream zipped = Files.newInputStream(fixture(name));
        InputStream source = new GZIPInputStream(zipped)) {
      Files.copy(source, target);
    }
    return GgufFile.open(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-spm", "phi-3", "gpt-2", "qwen2", "llama-bpe", "deepseek-coder"})
  void tokensOfThePeersOwnTestsAreEqual(String name) throws IOException {
    try (GgufFile file = unzip("tokenizers/" + name + ".gguf.gz")) {
      Tokenizer tokenizer = new Tokenizer(Vocabulary.read(file.metadata()));
      List<String> texts = split(fixture("tokenizers/" + name + ".gguf.inp"), SEPARATOR);
      List<String> tokens = split(fixture("tokenizers/" + name + ".gguf.out"), "\n");
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(
            Stream.of(tokens.get(i).split(" "))
                .filter(token -> !token.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray(),
            tokenizer.encode(texts.get(i), false, false),
            texts.get(i));
      }
    }
  }

  /// Bytes of part of a character, and marks of equal text, have no text of their own.
  @ParameterizedTest
  @ValueSource(strings = {"llama-spm", "phi-3", "gpt-2", "qwen2", "llama-bpe", "deepseek-coder"})
  void everyTokenOfPublishedVocabulariesRoundTrips(String name) throws IOException {
    try (GgufFile file = unzip("tokenizers/" + name + ".gguf.gz")) {
      RoundTripTest.assertEveryTokenRoundTrips(new Tokenizer(Vocabulary.read(file.metadata())));
    }
  }

  private static List<String> split(Path file, String separator) throws IOException {
    return List.of(Files.readString(file).split(separator, -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-spm", "phi-3", "gpt-2", "qwen2", "llama-bpe", "deepseek-coder"})
  void tokensAndTextsOfPublishedVocabulariesAreEqual(String name) throws IOException {
    try (GgufFile file = unzip("tokenizers/" + name + ".gguf.gz")) {
      assertEqualToRecord(file, "tokenizers/" + name + ".extra.json");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-Q4_0", "llama-tied-Q5_K_M", "qwen2-Q4_0", "stories260K-F16"})
  void tokensAndTextsOfSmallVocabulariesAreEqual(String name) throws IOException {
    try (GgufFile file = GgufFile.open(fixture("models/" + name + ".gguf"))) {
      assertEqualToRecord(file, "tokenizers/model-" + name + ".extra.json");
    }
  }

  private static void assertEqualToRecord(GgufFile file, String json) throws IOException {
    Tokenizer tokenizer = new Tokenizer(Vocabulary.read(file.metadata()));
    List<Object> cases = JSON.std.listFrom(fixture(json).toFile());
    assertEquals(130, cases.size());
    for (Object recorded : cases) {
      Map<?, ?> fields = (Map<?, ?>) recorded;
      String text = text(fields.get("text_hex"));
      int[] plain = tokens(fields.get("plain"));
      int[] special = tokens(fields.get("special"));
      assertArrayEquals(plain, tokenizer.encode(text, false, false), text);
      assertArrayEquals(special, tokenizer.encode(text, true, true), text);
      assertEquals(text(fields.get("detok_plain_hex")), tokenizer.decode(plain, false));
      assertEquals(text(fields.get("detok_special_hex")), tokenizer.decode(special, true));
    }
  }

  private static String text(Object hex) {
    return new String(HexFormat.of().parseHex((String) hex), StandardCharsets.UTF_8);
  }

  private static int[] tokens(Object list) {
    return ((List<?>) list).stream().mapToInt(token -> ((Number) token).intValue()).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"eval-passkey-256", "eval-kv-1024", "eval-multi-512"})
  void tokensOfPasskeyPromptsAreEqual(String set) throws IOException {
    List<String> lines = Files.readAllLines(fixture("passkey/" + set + ".jsonl"));
    try (GgufFile file = GgufFile.open(fixture("passkey/passkey-tiny-f16.gguf"))) {
      Tokenizer tokenizer = new Tokenizer(Vocabulary.read(file.metadata()));
      for (String line : lines) {
        Map<String, Object> fields = JSON.std.mapFrom(line);
        assertArrayEquals(
            tokens(fields.get("prompt_ids")),
            tokenizer.encode((String) fields.get("prompt"), true, true));
      }
    }
  }
}
