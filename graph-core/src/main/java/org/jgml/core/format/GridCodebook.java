package org.jgml.core.format;

import java.util.Arrays;

/// The points of a [Grid] with signs, as a codebook for runs of 8 elements.
///
/// The nearest point is looked for among the neighbours of the cell in which the magnitudes lie,
/// which are listed for all cells when a grid is first used.
public final class GridCodebook implements Codebook {
  static final GridCodebook IQ2_S = new GridCodebook(Grid.IQ2_S, false, 16, 1.7f);
  static final GridCodebook IQ3_XXS = new GridCodebook(Grid.IQ3_XXS, true, 8, 1.3f);
  static final GridCodebook IQ3_S = new GridCodebook(Grid.IQ3_S, false, 8, 1.3f);

  private static final int RUN = 8;
  private static final int STRETCHES = 13;

  private final Grid grid;
  private final boolean signsAreEven;
  private final int neighbours;
  private final float[] stretches;
  private final byte[] values;
  private final int bits;
  private final int dimensions;
  private final float[] points;
  private final short[] nearby;

  /// @param neighbours points listed for a cell
  /// @param longest the most that the search for a scale should stretch the grid
  private GridCodebook(Grid grid, boolean signsAreEven, int neighbours, float longest) {
    this.grid = grid;
    this.signsAreEven = signsAreEven;
    this.neighbours = neighbours;
    this.stretches = Stretches.between(0.8f, longest, STRETCHES);
    this.values = grid.values();
    this.bits = grid.bits();
    this.dimensions = grid.dimensions();
    this.points = new float[grid.size() * dimensions];
    for (int i = 0; i < points.length; i++) {
      points[i] = grid.value(i / dimensions, i % dimensions);
    }
    this.nearby = new short[(1 << bits * dimensions) * neighbours];
    listNeighbours();
  }

  private void listNeighbours() {
    float[] centre = new float[dimensions];
    long[] byDistance = new long[grid.size()];
    for (int cell = 0; cell < nearby.length / neighbours; cell++) {
      boolean isReal = true;
      for (int i = 0; i < centre.length; i++) {
        int index = cell >>> bits * i & (1 << bits) - 1;
        isReal &= index < values.length;
        centre[i] = values[Math.min(index, values.length - 1)];
      }
      if (isReal) {
        listNeighbours(cell, centre, byDistance);
      }
    }
  }

  private void listNeighbours(int cell, float[] centre, long[] byDistance) {
    for (int point = 0; point < byDistance.length; point++) {
      long distance = (long) distance(point, centre);
      byDistance[point] = distance << 16 | point;
    }
    Arrays.sort(byDistance);
    for (int i = 0; i < neighbours; i++) {
      nearby[cell * neighbours + i] = (short) byDistance[i];
    }
  }

  private float distance(int point, float[] to) {
    float distance = 0;
    for (int i = 0; i < dimensions; i++) {
      float difference = points[point * dimensions + i] - to[i];
      distance += difference * difference;
    }
    return distance;
  }

  @Override
  public int smallest() {
    return -largest();
  }

  @Override
  public int largest() {
    return values[values.length - 1];
  }

  @Override
  public float[] stretches() {
    return stretches.clone();
  }

  /// The points nearest to the middle of each cell, the nearest first, as many for each cell; the
  /// number of a cell has for each coordinate, from the lowest bits on, the index of its value. For
  /// the kernels of other devices.
  public short[] neighbours() {
    return nearby.clone();
  }

  @Override
  public void assign(
      float[] source, int at, int count, float inverse, byte[] levels, int levelsAt) {
    float[] magnitudes = new float[dimensions];
    for (int run = 0; run < count; run += RUN) {
      int signs = signs(source, at + run);
      for (int first = run; first < run + RUN; first += magnitudes.length) {
        for (int i = 0; i < magnitudes.length; i++) {
          float value = source[at + first + i] * inverse;
          magnitudes[i] = (signs >>> first - run + i & 1) == 0 ? value : -value;
        }
        long bytes = grid.bytes(nearest(magnitudes));
        for (int i = 0; i < magnitudes.length; i++) {
          int magnitude = (byte) (bytes >>> Byte.SIZE * i);
          boolean isPositive = (signs >>> first - run + i & 1) == 0;
          levels[levelsAt + first + i] = (byte) (isPositive ? magnitude : -magnitude);
        }
      }
    }
  }

  /// The signs of eight values; where they must be even and are not, that of the smallest is wrong.
  private int signs(float[] source, int at) {
    int signs = 0;
    int smallest = 0;
    for (int i = 0; i < RUN; i++) {
      signs |= source[at + i] < 0 ? 1 << i : 0;
      smallest = Math.abs(source[at + i]) < Math.abs(source[at + smallest]) ? i : smallest;
    }
    boolean isOdd = (Integer.bitCount(signs) & 1) == 1;
    return signsAreEven && isOdd ? signs ^ 1 << smallest : signs;
  }

  private int nearest(float[] magnitudes) {
    int first = cell(magnitudes) * neighbours;
    int best = nearby[first];
    float least = distance(best, magnitudes);
    for (int i = 1; i < neighbours; i++) {
      int point = nearby[first + i];
      float distance = distance(point, magnitudes);
      if (distance < least) {
        least = distance;
        best = point;
      }
    }
    return best;
  }

  private int cell(float[] magnitudes) {
    int cell = 0;
    for (int i = 0; i < magnitudes.length; i++) {
      int index = 0;
      while (index < values.length - 1 && 2 * magnitudes[i] > values[index] + values[index + 1]) {
        index++;
      }
      cell |= index << bits * i;
    }
    return cell;
  }

  /// The point of levels that [#assign] gave.
  int point(byte[] levels, int at) {
    float[] magnitudes = new float[dimensions];
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(levels[at + i]);
    }
    return nearest(magnitudes);
  }

  /// The signs of eight levels, a bit each.
  static int signs(byte[] levels, int at) {
    int signs = 0;
    for (int i = 0; i < RUN; i++) {
      signs |= levels[at + i] < 0 ? 1 << i : 0;
    }
    return signs;
  }
}
