package org.jgml.core.format;

/// A codebook that gives each element one of a few integers, whatever the others are.
public final class Levels implements Codebook {
  /// Half-way points lie at halves, so that no bin of this many an integer has one inside.
  private static final int BINS = 2;

  private final int smallest;
  private final int largest;
  private final float[] stretches;
  private final byte[] nearest;

  /// @param ascending the integers
  Levels(int... ascending) {
    smallest = ascending[0];
    largest = ascending[ascending.length - 1];
    float spacing = (float) (largest - smallest) / (ascending.length - 1);
    float reach = 0.9f * spacing / Math.max(-smallest, largest);
    stretches = Stretches.around(1, reach, ascending.length);
    nearest = new byte[BINS * (largest - smallest) + 1];
    int level = 0;
    for (int bin = 0; bin < nearest.length; bin++) {
      float value = smallest + (float) bin / BINS;
      while (level + 1 < ascending.length
          && ascending[level + 1] - value <= value - ascending[level]) {
        level++;
      }
      nearest[bin] = (byte) ascending[level];
    }
  }

  /// All integers of a range.
  static Levels range(int smallest, int largest) {
    int[] levels = new int[largest - smallest + 1];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = smallest + i;
    }
    return new Levels(levels);
  }

  @Override
  public int smallest() {
    return smallest;
  }

  @Override
  public int largest() {
    return largest;
  }

  @Override
  public float[] stretches() {
    return stretches.clone();
  }

  /// The integer nearest to `smallest + bin / 2` for each `bin`, of two the upper; what lies inside
  /// of a bin is nearest to the same. For the kernels of other devices.
  public byte[] nearest() {
    return nearest.clone();
  }

  @Override
  public void assign(
      float[] source, int at, int count, float inverse, byte[] levels, int levelsAt) {
    int last = nearest.length - 1;
    for (int i = 0; i < count; i++) {
      int bin = (int) (BINS * (source[at + i] * inverse - smallest));
      levels[levelsAt + i] = nearest[Math.max(0, Math.min(last, bin))];
    }
  }
}
