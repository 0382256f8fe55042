package org.jgml.models.gguf;

import java.util.Optional;

/// The number of bytes, a power of two, at whose multiples tensors begin.
record Alignment(long bytes) {
  static final String KEY = "general.alignment";
  static final Alignment DEFAULT = new Alignment(32);

  /// The alignment that a metadata value stands for; empty if it stands for none.
  static Optional<Alignment> of(GgufValue value) {
    boolean valid = value.type() == GgufValueType.UINT32 && Long.bitCount(value.integer()) == 1;
    return valid ? Optional.of(new Alignment(value.integer())) : Optional.empty();
  }

  /// The first aligned position that is not before this one.
  long align(long position) {
    return position + bytes - 1 & -bytes;
  }
}
