package org.jgml.core.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jgml.core.tensor.DataType;

/// The points that the indices of the IQ1, IQ2 and IQ3 types stand for: 4 or 8 small integers each.
///
/// The points were found by their authors in a search, no rule gives them. `grids.bin` holds them
/// as GGUF defines them (llama.cpp, `ggml-common.h`, the tables `iq*_grid`): one 16-bit number a
/// point, that has for each coordinate, from the lowest bits on, the index of its value.
public final class Grid {
  static final Grid IQ2_XXS = new Grid(0, 256, 2, 8, 25, 43);
  static final Grid IQ2_XS = new Grid(256, 512, 2, 8, 25, 43);
  static final Grid IQ2_S = new Grid(768, 1024, 2, 8, 25, 43);
  static final Grid IQ3_XXS = new Grid(1792, 256, 3, 4, 12, 20, 28, 36, 44, 52, 62);
  static final Grid IQ3_S = new Grid(2048, 512, 3, 1, 3, 5, 7, 9, 11, 13, 15);
  static final Grid IQ1 = new Grid(2560, 2048, 2, -1, 0, 1);

  private static final long LOWEST_BITS = 0x0101010101010101L;
  private static final long[] NEGATIVE = new long[256];

  static {
    for (int signs = 0; signs < NEGATIVE.length; signs++) {
      for (int i = 0; i < Byte.SIZE; i++) {
        NEGATIVE[signs] |= (signs >>> i & 1) * (0xffL << Byte.SIZE * i);
      }
    }
  }

  private final int bits;
  private final byte[] values;
  private final short[] codes;
  private final long[] points;

  private Grid(int first, int count, int bits, int... values) {
    this.bits = bits;
    this.values = new byte[values.length];
    this.codes = new short[count];
    this.points = new long[count];
    for (int i = 0; i < values.length; i++) {
      this.values[i] = (byte) values[i];
    }
    read(first).asShortBuffer().get(codes);
    for (int point = 0; point < count; point++) {
      for (int i = 0; i < dimensions(); i++) {
        points[point] |= (long) (value(point, i) & 0xff) << Byte.SIZE * i;
      }
    }
  }

  /// The grid of a type, if it has one.
  public static Optional<Grid> of(DataType type) {
    return switch (type) {
      case IQ1_S, IQ1_M -> Optional.of(IQ1);
      case IQ2_XXS -> Optional.of(IQ2_XXS);
      case IQ2_XS -> Optional.of(IQ2_XS);
      case IQ2_S -> Optional.of(IQ2_S);
      case IQ3_XXS -> Optional.of(IQ3_XXS);
      case IQ3_S -> Optional.of(IQ3_S);
      default -> Optional.empty();
    };
  }

  /// The points as they are in `grids.bin`, for the kernels of other devices.
  public short[] codes() {
    return codes.clone();
  }

  private static ByteBuffer read(int first) {
    try (InputStream input = Grid.class.getResourceAsStream("grids.bin")) {
      byte[] bytes = input.readAllBytes();
      int start = first * Short.BYTES;
      return ByteBuffer.wrap(bytes, start, bytes.length - start).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Bits that number a value.
  int bits() {
    return bits;
  }

  int size() {
    return points.length;
  }

  /// Coordinates of a point: 8 of two bits, or 4 of three.
  int dimensions() {
    return bits == 2 ? 8 : 4;
  }

  /// The values that coordinates have, ascending.
  byte[] values() {
    return values.clone();
  }

  int value(int point, int i) {
    return values[codes[point] >>> bits * i & (1 << bits) - 1];
  }

  /// The coordinates of a point, a byte each, the first in the lowest.
  long bytes(int point) {
    return points[point];
  }

  /// Eight positive bytes with the sign changed where a bit is set.
  static long withSigns(long bytes, int signs) {
    long negative = NEGATIVE[signs];
    return (bytes ^ negative) + (negative & LOWEST_BITS);
  }

  /// Eight signs from seven: their number is even.
  static int evenSigns(int seven) {
    return seven | (Integer.bitCount(seven) & 1) << 7;
  }
}
