package org.jgml.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// What the kernels of attention have in common: the `attention_t` of `weighted_values.cl`, and the
/// names that it leaves open.
///
/// @param value values; keys, where the op reads none
/// @param length keys that there are
/// @param isCausal whether a query sees the keys up to its position
/// @param window how many of them; 0 for all
/// @param maskBytes bytes of an element of the mask; 0 if there is none
record AttentionTerms(
    Shape query,
    Tensor key,
    Tensor value,
    long length,
    boolean isCausal,
    long window,
    int maskBytes,
    float scale,
    float softCap) {
  /// Types that caches hold. Others become F32 first: a program for each pair of types and each
  /// size of heads would be hundreds.
  private static final Set<DataType> READ =
      EnumSet.of(DataType.F32, DataType.F16, DataType.Q8_0, DataType.Q4_0);

  private static final int PART = 16;

  /// All keys, without a mask.
  static AttentionTerms of(Tensor query, Tensor key, Tensor value, float scale, float softCap) {
    long length = key.type().shape().dim(-3);
    return new AttentionTerms(
        query.type().shape(), key, value, length, false, 0, 0, scale, softCap);
  }

  /// Keys or values of a type that kernels read.
  static Tensor readable(Tensor tensor, SegmentCompiler compiler) {
    return READ.contains(tensor.type().dataType()) ? tensor : CastKernels.floats(tensor, compiler);
  }

  AttentionTerms withCausal(long keys) {
    return new AttentionTerms(query, key, value, length, true, keys, maskBytes, scale, softCap);
  }

  AttentionTerms withMask(DataType type) {
    return new AttentionTerms(
        query, key, value, length, isCausal, window, type.blockBytes(), scale, softCap);
  }

  AttentionTerms withLength(long keys) {
    return new AttentionTerms(query, key, value, keys, isCausal, window, maskBytes, scale, softCap);
  }

  /// The structure.
  ByteBuffer encode() {
    return ByteBuffer.allocateDirect(7 * Long.BYTES + 6 * Integer.BYTES)
        .order(ByteOrder.nativeOrder())
        .putLong(query.dim(-3))
        .putLong(query.dim(-2))
        .putLong(key.type().shape().dim(-2))
        .putLong(length)
        .putLong(strideBytes(key))
        .putLong(strideBytes(value))
        .putLong(window)
        .putInt(size(key))
        .putInt(size(value))
        .putInt(isCausal ? 1 : 0)
        .putInt(maskBytes)
        .putFloat(scale)
        .putFloat(softCap)
        .flip();
  }

  /// Bytes from one key, or value, to the next.
  private static long strideBytes(Tensor tensor) {
    return tensor.type().dataType().bytes(tensor.layout().stride(-3));
  }

  private static int size(Tensor tensor) {
    return Math.toIntExact(tensor.type().shape().rowLength());
  }

  /// The program of an op.
  ProgramSource program(String file) {
    return ProgramSource.of("weighted_values", file)
        .withFormat("KEY", key.type().dataType())
        .withFormat("VALUE", value.type().dataType())
        .with("HEAD_PARTS", Math.ceilDiv(size(key), PART))
        .with("VALUE_PARTS", Math.ceilDiv(size(value), PART));
  }
}
