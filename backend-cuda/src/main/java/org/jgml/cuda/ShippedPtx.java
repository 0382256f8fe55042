package org.jgml.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;

/// The PTX in the jar, of which the driver makes machine code when it is first loaded.
///
/// @param profile the device
/// @param dependent whether programs may be those that wait for the launch before them
record ShippedPtx(DeviceProfile profile, boolean dependent) implements ProgramImages {
  @Override
  public byte[] of(Program program) {
    Architecture best =
        (dependent ? program : program.inOrder())
            .best(profile.number())
            .orElseThrow(() ->
                new IllegalStateException(
                    "%s is made for sm_%s, the device has %s"
                        .formatted(program, program.architectures(), profile.capability())));
    return ptx(program, best);
  }

  /// The PTX of a program for one of its architectures.
  static byte[] ptx(Program program, Architecture architecture) {
    String resource = program.resource(architecture);
    try (InputStream stream = ShippedPtx.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return new GZIPInputStream(stream).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
