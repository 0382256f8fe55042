package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jgml.models.BundledModel;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.jr.ob.JSON;

final class TokenizeCommandTest {
  @TempDir private Path folder;

  private static String model() throws IOException {
    return BundledModel.file().toString();
  }

  @Test
  void textComesBack() throws IOException {
    String text = "#Ba=48213;";
    String plain = Invocation.withInput(text, "tokenize", "-m", model()).succeeded();
    String special = Invocation.withInput(text, "tokenize", "-m", model(), "--special").succeeded();
    assertTrue(plain.matches("\\[\\d+(,\\d+)+\\]\\R"), plain);
    assertEquals("[1," + plain.substring(1), special);
    Invocation back = Invocation.of("detokenize", "-m", model(), "--ids", plain.strip());
    assertEquals(text, back.succeeded());
  }

  @Test
  void aTextOfTheCommandLineIsTheSameAsOneOfStandardInput() throws IOException {
    String text = "#Ba=48213;";
    String read = Invocation.withInput(text, "tokenize", "-m", model()).succeeded();
    assertEquals(read, Invocation.of("tokenize", "-m", model(), "-p", text).succeeded());
    Path file = Files.writeString(folder.resolve("text"), text + "\n");
    String path = file.toString();
    assertEquals(read, Invocation.of("tokenize", "-m", model(), "-f", path).succeeded());
    Invocation.of("tokenize", "-m", model(), "-p", text, "--hex-lines", path).refused(2);
  }

  @Test
  void everyLineIsAText() throws IOException {
    Path lines = Files.writeString(folder.resolve("lines"), "2342613D\n\n2342613d\n");
    String ids =
        Invocation.of("tokenize", "-m", model(), "--hex-lines", lines.toString()).succeeded();
    List<String> arrays = ids.lines().toList();
    assertEquals(3, arrays.size());
    assertEquals("[]", arrays.get(1));
    assertEquals(arrays.get(0), arrays.get(2));
  }

  @Test
  void refusesWhatIsNotHexadecimal() throws IOException {
    Path lines = Files.writeString(folder.resolve("lines"), "23\n2g\n");
    String line =
        Invocation.of("tokenize", "-m", model(), "--hex-lines", lines.toString()).refused(1);
    assertTrue(line.contains("line 2"), line);
    assertTrue(
        Invocation.of("detokenize", "-m", model(), "--ids", "99999").refused(1).contains("99999"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-spm", "phi-3", "gpt-2", "deepseek-coder", "llama-bpe", "qwen2"})
  void vocabulariesWithoutAModelDo(String name) throws IOException {
    Path fixtures = Fixtures.shared("tokenizers");
    Path vocabulary = folder.resolve(name + ".gguf");
    try (InputStream packed =
        new GZIPInputStream(Files.newInputStream(fixtures.resolve(name + ".gguf.gz")))) {
      Files.copy(packed, vocabulary);
    }
    List<Map<String, Object>> texts = texts(fixtures.resolve(name + ".extra.json"));
    String hexLines =
        texts.stream().map(text -> (String) text.get("text_hex")).collect(Collectors.joining("\n"));
    Path lines = Files.writeString(folder.resolve("lines"), hexLines + "\n");
    String[] arguments = {
      "tokenize", "-m", vocabulary.toString(), "--hex-lines", lines.toString(), "--special"
    };
    assertEquals(ids(texts, "special"), Invocation.of(arguments).succeeded());
    checkFirstText(vocabulary, texts.getFirst());
  }

  private static void checkFirstText(Path vocabulary, Map<String, Object> text) {
    String ids = text.get("special").toString();
    Invocation back =
        Invocation.of("detokenize", "-m", vocabulary.toString(), "--ids", ids, "--special");
    back.succeeded();
    byte[] expected = HexFormat.of().parseHex((String) text.get("detok_special_hex"));
    assertArrayEquals(expected, back.outBytes());
  }

  private static String ids(List<Map<String, Object>> texts, String key) {
    String newline = System.lineSeparator();
    return texts.stream()
        .map(text -> Json.line(text.get(key)))
        .collect(Collectors.joining(newline, "", newline));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> texts(Path file) throws IOException {
    Object json = JSON.std.anyFrom(Files.readString(file));
    Object list = json instanceof Map<?, ?> map ? map.values().iterator().next() : json;
    return (List<Map<String, Object>>) list;
  }
}
