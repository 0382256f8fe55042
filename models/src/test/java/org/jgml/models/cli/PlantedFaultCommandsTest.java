package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.Test;

/// Faults planted in kernels of test devices are found by one command each, with the output that
/// docs/debugging.md shows.
final class PlantedFaultCommandsTest {
  private static String compare(String device) throws IOException {
    String model = BundledModel.file().toString();
    Invocation compared =
        Invocation.of(
            "compare", "-m", model, "--devices", "reference," + device, "--tokens", "1,2,3,4");
    assertEquals(1, compared.exitCode(), compared.err());
    return compared.out();
  }

  private static void assertDocumented(String output) throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/debugging.md"))) {
      root = root.getParent();
    }
    String docs = withoutLines(Files.readString(root.resolve("docs/debugging.md")));
    String shown = withoutLines(output.strip());
    assertTrue(docs.contains(shown), "docs/debugging.md should show:\n" + output);
  }

  private static String withoutLines(String text) {
    return text.replaceAll("\\.java:\\d+", ".java");
  }

  @Test
  void aSeededNanIsFoundByRun() throws IOException {
    Invocation run =
        Invocation.of(
            "run",
            "-m",
            BundledModel.file().toString(),
            "--device",
            "faulty-nan",
            "-p",
            " ko ki",
            "-n",
            "1",
            "--temp",
            "0",
            "--find-nan");
    assertTrue(run.err().contains("first NaN: rms_norm 'blk.0.ffn_norm'"), run.err());
    assertTrue(run.err().contains("the kernel is wrong"), run.err());
    assertDocumented(run.err().substring(run.err().indexOf("first NaN")));
  }

  @Test
  void aWrongStrideIsFoundByCompare() throws IOException {
    String output = compare("faulty-stride");
    assertTrue(output.startsWith("first divergence: rms_norm 'blk.0.ffn_norm'"), output);
    assertDocumented(output);
  }

  @Test
  void aWrongMaskIsFoundByCompare() throws IOException {
    String output = compare("faulty-mask");
    assertTrue(output.startsWith("first divergence: attention 'blk.0.attention'"), output);
    assertDocumented(output);
  }
}
