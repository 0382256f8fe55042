package org.jgml.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The model that comes with the program: half a million parameters that look facts up in their
/// context. For trying things out, and for tests.
public final class BundledModel {
  private static final String RESOURCE = "passkey-tiny.gguf";

  private BundledModel() {}

  /// The model as a file: where it lies, or a copy of it that ends with the process.
  ///
  /// @throws IOException if it cannot be copied out of its archive
  public static Path file() throws IOException {
    URL resource = BundledModel.class.getResource(RESOURCE);
    return resource.getProtocol().equals("file") ? path(resource) : copy(resource);
  }

  private static Path path(URL resource) throws IOException {
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IOException("cannot find the bundled model at " + resource, e);
    }
  }

  private static Path copy(URL resource) throws IOException {
    Path copy = Files.createTempFile("jgml-", "-" + RESOURCE);
    copy.toFile().deleteOnExit();
    try (InputStream bytes = resource.openStream()) {
      Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }
}
