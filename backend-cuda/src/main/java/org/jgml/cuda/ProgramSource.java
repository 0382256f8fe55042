package org.jgml.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The source of a program as the jar has it.
///
/// @param text the file itself
/// @param headers what it includes, directly or not, by name
record ProgramSource(String text, Map<String, String> headers) {
  private static final Pattern INCLUDE = Pattern.compile("#include \"([a-z0-9_]+\\.cuh)\"");

  static ProgramSource of(Program program) {
    String text = read(program.file() + ".cu");
    Map<String, String> headers = new LinkedHashMap<>();
    addHeaders(text, headers);
    return new ProgramSource(text, headers);
  }

  private static void addHeaders(String text, Map<String, String> headers) {
    for (MatchResult include : INCLUDE.matcher(text).results().toList()) {
      String name = include.group(1);
      if (!headers.containsKey(name)) {
        headers.put(name, read(name));
        addHeaders(headers.get(name), headers);
      }
    }
  }

  private static String read(String name) {
    try (InputStream stream = ProgramSource.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
