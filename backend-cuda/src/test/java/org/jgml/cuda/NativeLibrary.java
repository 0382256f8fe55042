package org.jgml.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A library that g++ makes of C++ files. Files that have not changed are not compiled again.
///
/// @param file what is made; objects of the files lie beside it
/// @param definitions options such as `-DNAME=VALUE`
record NativeLibrary(Path file, List<Path> sources, List<String> definitions) {
  private static final List<String> OPTIONS =
      List.of("-std=c++20", "-O3", "-march=native", "-ffp-contract=off", "-fPIC");

  /// @throws IOException if g++ is missing or refuses a file
  void build() throws IOException {
    Files.createDirectories(file.getParent());
    FileTime header = newestHeader();
    try {
      sources.parallelStream().forEach(source -> compile(source, header));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    boolean isOld = false;
    for (Path source : sources) {
      isOld |= isOlder(file, modified(object(source)));
    }
    if (isOld) {
      List<String> link = new ArrayList<>(List.of("g++", "-shared", "-o", file.toString()));
      sources.forEach(source -> link.add(object(source).toString()));
      link.add("-Wl,-soname," + file.getFileName());
      run(link);
    }
  }

  private FileTime newestHeader() throws IOException {
    try (Stream<Path> files = Files.list(sources.getFirst().getParent())) {
      return files
          .filter(each -> each.toString().endsWith(".h"))
          .map(NativeLibrary::modified)
          .max(FileTime::compareTo)
          .orElse(FileTime.fromMillis(0));
    }
  }

  private void compile(Path source, FileTime header) {
    Path object = object(source);
    if (isOlder(object, modified(source)) || isOlder(object, header)) {
      List<String> command = new ArrayList<>(List.of("g++"));
      command.addAll(OPTIONS);
      command.addAll(definitions);
      command.addAll(List.of("-c", source.toString(), "-o", object.toString()));
      try {
        run(command);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Path object(Path source) {
    return file.resolveSibling(source.getFileName() + ".o");
  }

  private static boolean isOlder(Path made, FileTime time) {
    return !Files.exists(made) || modified(made).compareTo(time) < 0;
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("refused: " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
