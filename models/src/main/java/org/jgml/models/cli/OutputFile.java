package org.jgml.models.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes files that options name.
final class OutputFile {
  /// What a file is to hold.
  interface Content {
    void writeTo(OutputStream file) throws IOException;
  }

  private OutputFile() {}

  /// Refuses, before any work is done for it, what could not be written in the end.
  ///
  /// @throws InputException if it is a folder, or in a folder that is not there
  static void require(Path file) {
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": expected a file to write, found a folder");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new InputException(folder + ": no such folder. Fix: make it, or give another name");
    }
  }

  /// Replaces a file. If that fails, what was written until then is left.
  ///
  /// @throws IOException which names the file; that of a full disk does not by itself
  static void write(Path file, Content content) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file)) {
      content.writeTo(stream);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /// Replaces a file by a text.
  static void write(Path file, String text) throws IOException {
    write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
