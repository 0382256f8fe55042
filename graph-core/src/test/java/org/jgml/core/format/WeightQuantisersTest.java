package org.jgml.core.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class WeightQuantisersTest {
  private static final int ROW = 256;
  private static final Set<DataType> NEED_IMPORTANCE =
      EnumSet.of(DataType.IQ1_S, DataType.IQ1_M, DataType.IQ2_XXS, DataType.IQ2_XS);

  static Stream<DataType> writable() {
    return Arrays.stream(DataType.values())
        .filter(type -> type.isQuantised() && Format.of(type).canQuantise());
  }

  @Test
  void everyTypeIsWrittenButThoseThatNeedAnImportanceMatrix() {
    Set<DataType> unwritable = EnumSet.noneOf(DataType.class);
    for (DataType type : DataType.values()) {
      if (type.isQuantised() && !Format.of(type).canQuantise()) {
        unwritable.add(type);
      }
    }
    assertEquals(NEED_IMPORTANCE, unwritable);
  }

  @ParameterizedTest
  @MethodSource("writable")
  void noRowIsFurtherFromItsSourceThanAfterTheReferenceQuantiser(DataType type) {
    float[] source = Resources.floats("source.f32");
    float[] recorded = Resources.floats(type + ".f32");
    float[] ours = roundTrip(type, source);
    for (int row = 0; row < source.length; row += ROW) {
      double expected = error(recorded, source, row);
      double actual = error(ours, source, row);
      String text = "%s, row %d: %g, reference %g".formatted(type, row / ROW, actual, expected);
      assertTrue(actual <= expected * (1 + 1e-4) + 1e-30, text);
    }
  }

  private static double error(float[] values, float[] source, int row) {
    double error = 0;
    for (int i = row; i < row + ROW; i++) {
      double difference = (double) values[i] - source[i];
      error += difference * difference;
    }
    return Math.sqrt(error / ROW);
  }

  @ParameterizedTest
  @MethodSource("writable")
  void zerosStayZerosAndLargeOrTinyNumbersFinite(DataType type) {
    assertArrayEquals(new float[512], roundTrip(type, new float[512]));
    for (float magnitude : new float[] {1e-38f, 1e-20f, 1e-7f, 1e4f}) {
      SplittableRandom random = new SplittableRandom(3);
      float[] values = new float[512];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian() * magnitude;
      }
      for (float value : roundTrip(type, values)) {
        assertTrue(Float.isFinite(value), type + " at " + magnitude);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("writable")
  void blocksDoNotDependOnTheirNeighbours(DataType type) {
    SplittableRandom random = new SplittableRandom(11);
    float[] values = new float[3 * ROW];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    byte[] whole = quantise(type, values);
    byte[] second = quantise(type, Arrays.copyOfRange(values, ROW, 2 * ROW));
    int length = second.length;
    assertArrayEquals(second, Arrays.copyOfRange(whole, length, 2 * length));
  }

  @ParameterizedTest
  @EnumSource(names = {"TQ1_0", "TQ2_0"})
  void ternaryWeightsAreKeptExactly(DataType type) {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[2 * ROW];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.3125f * (random.nextInt(3) - 1);
    }
    assertArrayEquals(values, roundTrip(type, values));
  }

  @ParameterizedTest
  @EnumSource(names = {"MXFP4", "NVFP4"})
  void fourBitFloatsAreKeptExactly(DataType type) {
    float[] numbers = {0, 0.5f, -1, 1.5f, 2, -3, 4, 6};
    float[] values = new float[ROW];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.25f * numbers[i % numbers.length];
    }
    assertArrayEquals(values, roundTrip(type, values));
  }

  @Test
  void aSearchBeatsWhatIsWrittenAtRunTime() {
    float[] source = Resources.floats("source.f32");
    byte[] fast = new byte[(int) DataType.IQ4_NL.bytes(ROW)];
    float[] read = new float[ROW];
    Format format = Format.of(DataType.IQ4_NL);
    format.quantise(source, 0, MemorySegment.ofArray(fast), 0, ROW);
    format.dequantise(MemorySegment.ofArray(fast), 0, read, 0, ROW);
    float[] searched = roundTrip(DataType.IQ4_NL, Arrays.copyOf(source, ROW));
    assertFalse(error(searched, source, 0) >= error(read, source, 0));
  }

  private static float[] roundTrip(DataType type, float[] values) {
    float[] read = new float[values.length];
    MemorySegment bytes = MemorySegment.ofArray(quantise(type, values));
    Format.of(type).dequantise(bytes, 0, read, 0, values.length);
    return read;
  }

  private static byte[] quantise(DataType type, float[] values) {
    byte[] target = new byte[(int) type.bytes(values.length)];
    MemorySegment bytes = MemorySegment.ofArray(target);
    Format.of(type).quantiseWeights(values, 0, bytes, 0, values.length);
    return target;
  }
}
