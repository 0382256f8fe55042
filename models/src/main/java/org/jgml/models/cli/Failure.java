package org.jgml.models.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.tensor.GraphException;
import org.jgml.kvcache.tier.CacheException;
import org.jgml.models.ContextFullException;
import org.jgml.models.InsufficientMemoryException;
import org.jgml.models.chat.ChatTemplateException;

/// What went wrong, in one line for people.
final class Failure {
  private Failure() {}

  static String describe(Throwable problem) {
    return line(text(problem));
  }

  private static String text(Throwable problem) {
    return switch (problem) {
      case NoSuchFileException e -> "no such file: " + e.getFile();
      case AccessDeniedException e -> "permission denied: " + e.getFile();
      case FileSystemException e ->
          e.getFile() + ": " + Objects.requireNonNullElse(e.getReason(), "cannot be read");
      case CharacterCodingException _ -> "a file that should be text is not UTF-8";
      case UncheckedIOException e -> text(e.getCause());
      case IOException e -> e.getMessage();
      case UsageException e -> e.getMessage();
      case InputException e -> e.getMessage();
      case GraphException e -> e.getMessage();
      case DeviceException e -> e.getMessage();
      case ContextFullException e -> e.getMessage();
      case InsufficientMemoryException e -> e.getMessage();
      case ChatTemplateException e -> e.getMessage();
      case CacheException e -> e.getMessage();
      case IllegalArgumentException e when e.getMessage() != null -> e.getMessage();
      case OutOfMemoryError e ->
          "out of memory (%s). Fix: a shorter context (-c), or JGML_JAVA_OPTIONS=-Xmx<more>g"
              .formatted(e.getMessage());
      default -> "internal error, please report it: " + problem + at(problem);
    };
  }

  private static String at(Throwable problem) {
    StackTraceElement[] trace = problem.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  private static String line(String text) {
    return String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
