package org.jgml.models.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class BadFilesTest {
  private static final long MOST_ALLOCATED_BYTES = 4 << 20;

  @TempDir Path folder;

  static Stream<BadFiles.Case> sound() throws IOException {
    return BadFiles.cases().stream()
        .filter(file -> file.expect().equals("load") || file.file().startsWith("model-"));
  }

  static Stream<BadFiles.Case> defective() throws IOException {
    return BadFiles.cases().stream()
        .filter(file -> file.isContainerDefect() || file.expect().equals("part"));
  }

  static Stream<BadFiles.Case> all() throws IOException {
    return BadFiles.cases().stream();
  }

  @ParameterizedTest
  @MethodSource("sound")
  void loadsSoundContainers(BadFiles.Case file) throws IOException {
    try (GgufFile gguf = GgufFile.open(file.path())) {
      assertFalse(gguf.tensors().isEmpty());
      Contents.readEverything(gguf);
    }
  }

  @ParameterizedTest
  @MethodSource("defective")
  void refusesDefectiveContainersInOneLine(BadFiles.Case file) {
    GgufException e = assertThrows(GgufException.class, () -> GgufFile.open(file.path()).close());
    assertEquals(1, e.getMessage().lines().count());
    assertTrue(e.getMessage().matches("[\\w-]+\\.gguf: .+: expected .+ found .+"), e.getMessage());
  }

  @ParameterizedTest
  @MethodSource("all")
  void neitherHangsNorAllocatesMuch(BadFiles.Case file) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertTimeout(
        Duration.ofSeconds(5),
        () -> {
          try (GgufFile gguf = GgufFile.open(file.path())) {
            Contents.readEverything(gguf);
          } catch (GgufException _) {
            // Refusing is as good here.
          }
        });
    assertTrue(threads.getCurrentThreadAllocatedBytes() - before < MOST_ALLOCATED_BYTES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version https://git-lfs.github.com/spec/v1 | git lfs pull
          <!DOCTYPE html><html>                      | web page
          {"error":"Repository not found"}           | JSON
          PKzip                                      | PyTorch
          ggjt3                                      | older ggml container
          something else                             | no GGUF file
          """)
  void saysWhatTheFileIsInstead(String content, String advice) throws IOException {
    Path file = Files.writeString(folder.resolve("download.gguf"), content);
    assertRefused(file, advice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          empty.gguf                        | an empty file
          trunc-data-half.gguf              | interrupted download
          version-byteswapped.gguf          | big-endian
          version-1.gguf                    | byte 4, version: expected 2 or 3, found 1
          key-duplicate.gguf                | key llama.block_count: expected each key once
          alignment-7.gguf                  | key general.alignment: expected a power of two
          tensor-type-bad.gguf              | type of tensor blk.0.attn_q.weight
          offset-overlap.gguf               | expected an offset of
          split-missing-00001-of-00002.gguf | found no split-missing-00002-of-00002.gguf
          split-ok-00002-of-00002.gguf      | opened by its first file
          split-total-00001-of-00002.gguf   | split.tensors.count: expected 12
          split-dup-00001-of-00002.gguf     | expected each tensor once
          """)
  void saysWhereAndWhatTheDefectIs(String file, String message) {
    assertRefused(BadFiles.path(file), message);
  }

  @Test
  void refusesAFolder() {
    assertRefused(folder, "expected a regular file");
  }

  @Test
  void reportsAMissingFileAsSuch() {
    assertThrows(
        java.nio.file.NoSuchFileException.class, () -> GgufFile.open(folder.resolve("none.gguf")));
  }

  private static void assertRefused(Path file, String message) {
    GgufException e = assertThrows(GgufException.class, () -> GgufFile.open(file).close());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
