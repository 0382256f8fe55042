package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A product in plain Java: each row is dequantised to an array and multiplied with every token.
///
/// Rows are copied to arrays because the interpreter and C1 read those far faster than segments;
/// the arrays are allocated once a call.
final class ScalarProduct implements MatrixProduct {
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ScalarFormat format;
  private final int m;
  private final int k;

  ScalarProduct(ScalarFormat format, int m, int k) {
    this.format = format;
    this.m = m;
    this.k = k;
  }

  @Override
  public ActivationLayout activationLayout() {
    return new ActivationLayout("rows", m, k, (long) m * k * Float.BYTES, m);
  }

  @Override
  public long scratchBytes() {
    return 0;
  }

  @Override
  public void prepare(MatrixView x, MemorySegment prepared, int firstPart, int endPart) {
    long rowBytes = (long) k * Float.BYTES;
    for (int token = firstPart; token < endPart; token++) {
      MemorySegment.copy(x.segment(), x.rowOffset(token), prepared, token * rowBytes, rowBytes);
    }
  }

  @Override
  public void multiply(
      MatrixView w,
      MemorySegment prepared,
      MatrixView y,
      int firstRow,
      int endRow,
      MemorySegment scratch) {
    byte[] blocks = new byte[Math.toIntExact(format.type().bytes(k))];
    float[] row = new float[k];
    float[] token = new float[k];
    for (int i = firstRow; i < endRow; i++) {
      MemorySegment.copy(w.segment(), BYTE, w.rowOffset(i), blocks, 0, blocks.length);
      format.dequantise(blocks, row);
      for (int t = 0; t < m; t++) {
        MemorySegment.copy(prepared, FLOAT, (long) t * k * Float.BYTES, token, 0, k);
        y.segment().set(FLOAT, y.rowOffset(t) + (long) i * Float.BYTES, dot(row, token));
      }
    }
  }

  // Eight sums, because one would wait for the latency of every addition.
  private static float dot(float[] x, float[] y) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int bound = x.length & -8;
    for (int i = 0; i < bound; i += 8) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
      s4 += x[i + 4] * y[i + 4];
      s5 += x[i + 5] * y[i + 5];
      s6 += x[i + 6] * y[i + 6];
      s7 += x[i + 7] * y[i + 7];
    }
    float sum = ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
    for (int i = bound; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
