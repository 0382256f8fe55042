package org.jgml.models.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files are read and written again: the copy has the same metadata and tensors, and the bytes of
/// files with tensors are the same, too.
final class RoundTripTest {
  @TempDir Path folder;

  @Test
  void rewritesASoundFileByteForByte() throws IOException {
    assertRewrittenByteForByte(BadFiles.path("valid.gguf"));
  }

  @Test
  void joinsASplitModel() throws IOException {
    try (GgufFile split = GgufFile.open(BadFiles.path("split-ok-00001-of-00002.gguf"));
        GgufFile joined = GgufFile.open(rewrite(split))) {
      assertSameContents(split, joined);
    }
  }

  @Test
  void rewritesEveryModelByteForByte() throws IOException {
    for (Path model : SharedFixtures.files("models", ".gguf")) {
      if (ShardName.of(model).isEmpty()) {
        assertRewrittenByteForByte(model);
      }
    }
  }

  @Test
  void joinsTheSplitFixture() throws IOException {
    Path first = SharedFixtures.files("models", "-00001-of-00002.gguf").getFirst();
    Path unsplit = SharedFixtures.files("models", "qwen2-Q4_0.gguf").getFirst();
    try (GgufFile split = GgufFile.open(first);
        GgufFile whole = GgufFile.open(unsplit)) {
      assertSameContents(whole, split);
    }
  }

  @Test
  void rewritesEveryVocabulary() throws IOException {
    for (Path compressed : SharedFixtures.files("tokenizers", ".gguf.gz")) {
      Path vocabulary = Files.createTempFile(folder, "vocabulary", ".gguf");
      try (InputStream input = new GZIPInputStream(Files.newInputStream(compressed))) {
        Files.write(vocabulary, input.readAllBytes());
      }
      try (GgufFile file = GgufFile.open(vocabulary);
          GgufFile rewritten = GgufFile.open(rewrite(file))) {
        Contents.readEverything(rewritten);
        assertSameContents(file, rewritten);
      }
    }
  }

  private void assertRewrittenByteForByte(Path path) throws IOException {
    try (GgufFile file = GgufFile.open(path)) {
      Contents.readEverything(file);
      Path rewritten = rewrite(file);
      assertEquals(-1, Files.mismatch(path, rewritten), path.toString());
    }
  }

  private Path rewrite(GgufFile file) throws IOException {
    GgufWriter writer = new GgufWriter();
    Contents.metadata(file).forEach(writer::put);
    for (GgufTensor tensor : file.tensors()) {
      writer.add(tensor.name(), tensor.type(), tensor.shape(), TensorSource.of(tensor.bytes()));
    }
    Path path = folder.resolve("rewritten.gguf");
    writer.write(path);
    return path;
  }

  private static void assertSameContents(GgufFile expected, GgufFile actual) {
    assertEquals(Contents.metadata(expected), Contents.metadata(actual));
    assertEquals(names(expected), names(actual));
    for (GgufTensor tensor : expected.tensors()) {
      GgufTensor other = actual.tensor(tensor.name()).orElseThrow();
      assertEquals(tensor.toString(), other.toString());
      assertEquals(-1, tensor.bytes().mismatch(other.bytes()));
    }
  }

  private static List<String> names(GgufFile file) {
    return file.tensors().stream().map(GgufTensor::name).sorted().toList();
  }
}
