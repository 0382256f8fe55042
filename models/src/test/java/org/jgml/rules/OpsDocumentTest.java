package org.jgml.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.SupportMatrix;
import org.jgml.core.runtime.Devices;
import org.junit.jupiter.api.Test;

/// `docs/ops.md` says what specs and devices say.
///
/// `mvn -pl models -am test -Dtest=OpsDocumentTest -Dsurefire.failIfNoSpecifiedTests=false
/// -Djgml.docs=apply` writes it again.
final class OpsDocumentTest {
  private static final boolean APPLY = "apply".equals(System.getProperty("jgml.docs"));
  private static final String HEADING =
      """
      # Ops

      Every op, the element types of its operands and result, and what devices make of it. Generated from the op specs and
      the devices' verdicts (`jgml check --mode support` prints the table for the devices of a machine); a test compares, and
      `mvn -pl models -am test -Dtest=OpsDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Djgml.docs=apply` writes it again.

      *n* is the length of the longest reduction among the samples, *tolerance* the relative error `8 · 2⁻²⁴ · √min(n, 2048)` that
      an F32 element may have there; F16 and BF16 results are roundings of such a value, integers and quantised blocks must be
      equal. The reasoning is in [conformance.md](conformance.md).

      """;

  @Test
  void theTableIsUpToDate() throws IOException {
    Path file = root().resolve("docs/ops.md");
    String generated;
    try (Devices devices = Devices.open(new DeviceOptions(1, false))) {
      List<org.jgml.core.backend.Device> shown =
          List.of(devices.named("reference"), devices.named("cpu"));
      generated = HEADING + new SupportMatrix(shown).markdown();
    }
    if (APPLY) {
      Files.writeString(file, generated);
    }
    assertEquals(generated, Files.readString(file), "run with -Djgml.docs=apply");
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("graph-core"))) {
      at = at.getParent();
    }
    return at;
  }
}
