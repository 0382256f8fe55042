package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogitsCommandTest {
  private static final String MODEL = Fixtures.resource("goldens/qwen3-Q5_K.gguf").toString();
  private static final int VOCABULARY = 512;

  @TempDir private Path folder;

  private float[] logits(String... more) throws IOException {
    Path output = folder.resolve("logits");
    String[] arguments = new String[more.length + 5];
    System.arraycopy(
        new String[] {"logits", "-m", MODEL, "-o", output.toString()}, 0, arguments, 0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    assertEquals("", Invocation.of(arguments).succeeded());
    byte[] bytes = Files.readAllBytes(output);
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static float[] row(float[] logits, int row) {
    return Arrays.copyOfRange(logits, row * VOCABULARY, (row + 1) * VOCABULARY);
  }

  @Test
  void writesARowAPositionInTheOrderAsked() throws IOException {
    float[] all = logits("--tokens", "1,86,45,424");
    float[] some = logits("--tokens", "1,86,45,424", "--positions", "last,0,3");
    assertEquals(4 * VOCABULARY, all.length);
    assertEquals(3 * VOCABULARY, some.length);
    assertArrayEquals(row(all, 3), row(some, 0), 1e-4f);
    assertArrayEquals(row(all, 0), row(some, 1), 1e-4f);
    assertArrayEquals(row(some, 0), row(some, 2));
  }

  @Test
  void readsTokensFromAFile() throws IOException {
    Path tokens = Files.writeString(folder.resolve("tokens"), "[1, 86,\n45 424]\n");
    assertArrayEquals(
        logits("--tokens", "1,86,45,424", "--positions", "last"),
        logits("--tokens", "@" + tokens, "--positions", "last"));
  }

  @Test
  void refusesWhatIsNotThere() {
    assertTrue(refused(2, "--tokens", "1,x").contains("'x' is not a token id"));
    assertTrue(refused(2, "--tokens", ",").contains("no token ids"));
    assertTrue(refused(2, "--tokens", "1,2", "--positions", "2").contains("position '2'"));
    assertTrue(refused(2, "--tokens", "1,2", "--positions", "-1").contains("position '-1'"));
    assertTrue(refused(1, "--tokens", "@/no/such").contains("no such file: /no/such"));
    assertTrue(refused(1, "--tokens", "1,512").contains("token 512"));
    assertTrue(refused(1, "--tokens", "1,-1").contains("token -1"));
    assertTrue(refused(1, "--tokens", "1,2,3", "-c", "2").contains("context of 2"));
  }

  @Test
  void aFileThatHoldsNoIdsIsNamed() throws IOException {
    Path ids = Files.writeString(folder.resolve("ids"), "1,x");
    String line = refused(1, "--tokens", "@" + ids);
    assertTrue(line.contains(ids + ": 'x' is not a token id"), line);
  }

  private String refused(int code, String... more) {
    String[] arguments = new String[more.length + 5];
    String output = folder.resolve("none").toString();
    System.arraycopy(new String[] {"logits", "-m", MODEL, "-o", output}, 0, arguments, 0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return Invocation.of(arguments).refused(code);
  }

  @Test
  void generatesIdsOnOneLine() {
    String ids =
        Invocation.of("generate-ids", "-m", MODEL, "--tokens", "1,86,45", "-n", "4").succeeded();
    assertTrue(ids.matches("\\d+ \\d+ \\d+ \\d+\\R"), ids);
    Invocation.of("generate-ids", "-m", MODEL, "--tokens", "1", "-n", "0").refused(2);
  }
}
