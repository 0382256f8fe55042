package org.jgml.core.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class FormatTest {
  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"F32", "F16", "BF16", "I32", "I64"})
  void readsEveryBitPatternExactly(DataType type) {
    byte[] blocks = Resources.bytes(type + ".raw");
    float[] expected = Resources.floats(type + ".f32");
    assertEquals(type.bytes(expected.length), blocks.length);
    assertBitsEqual(expected, dequantise(type, blocks, expected.length));
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
  void writesTheBytesOfTheReferenceQuantiser(DataType type) {
    byte[] written = quantise(type, Resources.floats("source.f32"));
    byte[] recorded = Resources.bytes(type + ".raw");
    assertArrayEquals(Arrays.copyOf(recorded, written.length), written);
  }

  @Test
  void writesTheLevelsAndScalesOfTheReferenceForIq4Nl() {
    byte[] written = quantise(DataType.IQ4_NL, Resources.floats("IQ4_NL.copy.f32"));
    assertArrayEquals(Resources.bytes("IQ4_NL.copy.raw"), written);
  }

  @Test
  void roundsToHalfPrecisionAsTheReferenceDoes() {
    byte[] written = quantise(DataType.F16, Resources.floats("half_source.f32"));
    assertArrayEquals(Resources.bytes("half_f16.u16"), written);
  }

  @Test
  void roundsToBfloat16AsTheReferenceDoes() {
    byte[] written = quantise(DataType.BF16, Resources.floats("half_source.f32"));
    assertArrayEquals(Resources.bytes("half_bf16.u16"), written);
  }

  @Test
  void keepsNanQuietAndSignedInBfloat16() {
    float signalling = Float.intBitsToFloat(0xff800001);
    float[] read = dequantise(DataType.BF16, quantise(DataType.BF16, new float[] {signalling}), 1);
    assertEquals(0xffc00000, Float.floatToRawIntBits(read[0]));
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void readsBackWhatPlainTypesCanHold(DataType type) {
    float[] values = {0f, -0f, 1f, -1.5f, 0.0078125f, 65280f, Float.POSITIVE_INFINITY};
    assertBitsEqual(values, dequantise(type, quantise(type, values), values.length));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"I32", "I64"})
  void quantisesOrSaysThatItCannot(DataType type) {
    Format format = Format.of(type);
    float[] zeros = new float[type.blockElements()];
    if (format.canQuantise()) {
      assertArrayEquals(zeros, dequantise(type, quantise(type, zeros), zeros.length), 0f);
    } else {
      Exception e = assertThrows(UnsupportedOperationException.class, () -> quantise(type, zeros));
      assertTrue(e.getMessage().startsWith(type + " can be read but not written"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"I32", "I64"})
  void touchesOnlyTheRunThatItIsGiven(DataType type) {
    int count = 2 * type.blockElements();
    float[] target = new float[count + 2];
    Arrays.fill(target, 7);
    MemorySegment source = MemorySegment.ofArray(new byte[(int) type.bytes(count) + 3]);
    Format.of(type).dequantise(source, 3, target, 1, count);
    assertEquals(7, target[0]);
    assertEquals(7, target[count + 1]);
    assertFalse(target[1] == 7 || target[count] == 7);
  }

  @ParameterizedTest
  @EnumSource(names = {"I32", "I64"})
  void refusesIntegerTypes(DataType type) {
    assertThrows(IllegalArgumentException.class, () -> Format.of(type));
  }

  @Test
  void refusesPartsOfBlocks() {
    MemorySegment block = MemorySegment.ofArray(new byte[34]);
    Format format = Format.of(DataType.Q8_0);
    assertThrows(
        IllegalArgumentException.class, () -> format.dequantise(block, 0, new float[31], 0, 31));
  }

  private static float[] dequantise(DataType type, byte[] blocks, int count) {
    float[] target = new float[count];
    Format.of(type).dequantise(MemorySegment.ofArray(blocks), 0, target, 0, count);
    return target;
  }

  private static byte[] quantise(DataType type, float[] values) {
    byte[] target = new byte[(int) type.bytes(values.length)];
    Format.of(type).quantise(values, 0, MemorySegment.ofArray(target), 0, values.length);
    return target;
  }

  private static void assertBitsEqual(float[] expected, float[] actual) {
    assertArrayEquals(bits(expected), bits(actual));
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
