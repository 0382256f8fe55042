package org.jgml.models.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static Values halves(int... bits) {
    short[] values = new short[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = (short) bits[i];
    }
    return new Values(
        TensorType.of(DataType.F16, bits.length),
        MemorySegment.ofArray(MemorySegment.ofArray(values).toArray(ValueLayout.JAVA_BYTE)));
  }

  @Test
  void theErrorIsRelativeToTheLengthOfWhatIsExpected() {
    assertEquals(0, NormalisedError.of(new double[] {1, 2}, new double[] {1, 2}));
    assertEquals(0.2, NormalisedError.of(new double[] {1, 3}, new double[] {1, 2}), 1e-12);
    assertEquals(0, NormalisedError.of(new double[] {0}, new double[] {0}));
    assertEquals(INFINITY, NormalisedError.of(new double[] {1}, new double[] {0}));
  }

  @Test
  void whatIsNotFiniteMustBeAtTheSamePlaces() {
    double[] expected = {Double.NaN, INFINITY, -INFINITY, 1};
    assertEquals(0, NormalisedError.of(expected.clone(), expected));
    assertEquals(INFINITY, NormalisedError.of(new double[] {0, INFINITY, -INFINITY, 1}, expected));
    assertEquals(
        INFINITY, NormalisedError.of(new double[] {Double.NaN, -INFINITY, -INFINITY, 1}, expected));
    assertEquals(
        INFINITY,
        NormalisedError.of(new double[] {Double.NaN, INFINITY, -INFINITY, INFINITY}, expected));
  }

  @Test
  void unitsInTheLastPlaceAreCountedAcrossZero() {
    assertEquals(0, halves(0x3C00).unitsInLastPlace(halves(0x3C00)));
    assertEquals(1, halves(0x3C00).unitsInLastPlace(halves(0x3C01)));
    assertEquals(2, halves(0x0001).unitsInLastPlace(halves(0x8001)));
    assertEquals(0, halves(0x0000).unitsInLastPlace(halves(0x8000)));
    assertEquals(0, halves(0x7E00).unitsInLastPlace(halves(0x7E01)), "two NaN");
    assertEquals(INFINITY, halves(0x7E00).unitsInLastPlace(halves(0x7C00)), "NaN and infinity");
  }

  @Test
  void differingBytesAreCounted() {
    assertEquals(0, halves(1, 2).differingBytes(halves(1, 2)));
    assertEquals(2, halves(0x0101, 2).differingBytes(halves(0x0202, 2)));
  }

  @Test
  void quantisedValuesMayBeOneStepAway() {
    float[] values = new float[32];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * (i % 16) - 16;
    }
    QuantisedComparison comparison = new QuantisedComparison(quantised(values));
    assertEquals(0, comparison.share(quantised(values)));
    values[3] += 0.1f;
    assertEquals(0, comparison.share(quantised(values)));
    values[3] += 1.9f;
    assertEquals(1 / 32.0, comparison.share(quantised(values)));
    values[3] += 2;
    assertEquals(INFINITY, comparison.share(quantised(values)));
  }

  /// In a format whose steps are 2 for values from -16 to 14.
  private static Values quantised(float[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) DataType.Q4_0.bytes(32)]);
    Format.of(DataType.Q4_0).quantise(values, 0, bytes, 0, 32);
    return new Values(TensorType.of(DataType.Q4_0, 32), bytes);
  }
}
