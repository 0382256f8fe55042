package org.jgml.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.Shape;

/// What the kernels of attention have in common: the `attention_t` of `weighted_values.cl`, and the
/// names that it leaves open.
///
/// @param length keys that there are
/// @param valueStride bytes from one value to the next
/// @param isCausal whether a query sees the keys up to its position
/// @param window how many of them; 0 for all
record AttentionTerms(
    Shape query,
    Tensor key,
    long length,
    long valueStride,
    boolean isCausal,
    long window,
    boolean hasSinks,
    float scale,
    float softCap) {

  /// All keys, as they lie.
  static AttentionTerms of(Tensor query, Tensor key, Tensor value, float scale, float softCap) {
    Shape keys = key.type().shape();
    return new AttentionTerms(
        query.type().shape(),
        key,
        keys.dim(-3),
        strideBytes(value),
        false,
        0,
        false,
        scale,
        softCap);
  }

  /// Bytes from one key, or value, to the next.
  private static long strideBytes(Tensor tensor) {
    return tensor.type().dataType().bytes(tensor.layout().stride(-3));
  }

  AttentionTerms withCausal(long keys) {
    return new AttentionTerms(
        query, key, length, valueStride, true, keys, hasSinks, scale, softCap);
  }

  AttentionTerms withSinks() {
    return new AttentionTerms(
        query, key, length, valueStride, isCausal, window, true, scale, softCap);
  }

  AttentionTerms withLength(long keys) {
    return new AttentionTerms(
        query, key, keys, valueStride, isCausal, window, hasSinks, scale, softCap);
  }

  /// The structure.
  ByteBuffer encode() {
    return ByteBuffer.allocateDirect(7 * Long.BYTES + 4 * Integer.BYTES)
        .order(ByteOrder.nativeOrder())
        .putLong(query.dim(-3))
        .putLong(query.dim(-2))
        .putLong(key.type().shape().dim(-2))
        .putLong(length)
        .putLong(strideBytes(key))
        .putLong(valueStride)
        .putLong(window)
        .putInt(isCausal ? 1 : 0)
        .putInt(hasSinks ? 1 : 0)
        .putFloat(scale)
        .putFloat(softCap)
        .flip();
  }

  /// The program of an op.
  ///
  /// @param value values; keys, where the op reads none
  ProgramSource program(String file, Tensor value) {
    return ProgramSource.of("weighted_values", file)
        .withFormat("KEY", key.type().dataType())
        .withFormat("VALUE", value.type().dataType())
        .with("HEAD", query.rowLength())
        .with("VALUE_SIZE", value.type().shape().rowLength())
        .with("SOFT_CAP", softCap > 0 ? 1 : 0)
        .with("MASKED", 0)
        .with("TABLED", 0);
  }
}
