package org.jgml.models.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/// A file that is no sound GGUF file, or whose content is not what a reader asked for.
///
/// The message is one line: `<file name>: <where>: expected <this>, found <that>. <hint>`, where is
/// a byte offset, a key or a tensor.
public final class GgufException extends IOException {
  private static final int LONGEST_MESSAGE = 1200;

  /// @param where what is wrong, such as `byte 24, key count` or `key llama.block_count`
  /// @param problem what was expected and found, and what to do if that is known
  public GgufException(Path file, String where, String problem) {
    super(line(name(file) + ": " + where + ": " + problem));
  }

  private static String name(Path file) {
    String name = Objects.requireNonNullElse(file.getFileName(), file).toString();
    return name.isEmpty() ? "''" : name;
  }

  /// Names in damaged files may be long and hold anything.
  private static String line(String message) {
    String printable = message.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    return printable.length() <= LONGEST_MESSAGE
        ? printable
        : printable.substring(0, LONGEST_MESSAGE) + "…";
  }
}
