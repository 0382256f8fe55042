package org.jgml.kvcache.tier;

import java.nio.file.Path;

/// A cache that cannot keep, find or trust its blocks. Ends the session that uses it, nothing else.
/// The message is one line with the numbers and a fix.
public final class CacheException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// What went wrong.
  public enum Kind {
    /// The limit of bytes that the user set, or the memory of the machine, is used up.
    NO_MEMORY,
    /// The disk is full.
    NO_SPACE,
    /// The file cannot be opened, read or written.
    FILE_ERROR,
    /// The file is there already and not free to be overwritten, or somebody else uses it.
    NOT_AVAILABLE,
    /// The file is not of this kind, version or byte order, or of another model or other
    /// parameters.
    FOREIGN,
    /// The file is truncated, or its bytes are not those that were written.
    DAMAGED,
    /// Loads were cancelled, or the thread that waited was interrupted.
    CANCELLED,
    /// The store is closed.
    CLOSED
  }

  /// What went wrong, for code that decides by it.
  private final Kind kind;

  public CacheException(Kind kind, String message) {
    this(kind, message, null);
  }

  public CacheException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// The failure of a file.
  static CacheException ofFile(Kind kind, Path path, String problem, String fix, Throwable cause) {
    return new CacheException(
        kind, "cache file %s: %s. Fix: %s.".formatted(path, problem, fix), cause);
  }

  /// What went wrong.
  public Kind kind() {
    return kind;
  }
}
