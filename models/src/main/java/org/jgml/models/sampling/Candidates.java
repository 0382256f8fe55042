package org.jgml.models.sampling;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// The tokens that may come next, each with its logit: what the stages of a [Sampler] work on.
///
/// Begins with the whole vocabulary in the order of ids, or with the best of it; stages change
/// logits and drop candidates. A logit that is no number counts as minus infinity, and comes after
/// those that are minus infinity, as it does for the ops `argmax` and `top_k`. For one thread.
public final class Candidates {
  /// Up to the vocabulary divided by this, a short row of the best is cheaper than sorting all.
  private static final int SELECTION_LIMIT = 64;

  /// Comes after the bits of every number.
  private static final int NO_NUMBER = Integer.MIN_VALUE;

  private final int[] ids;
  private final float[] logits;
  private int size;
  private boolean sorted;

  /// Candidates for every token of a vocabulary; the array is copied.
  public Candidates(float... logits) {
    this.size = logits.length;
    this.ids = IntStream.range(0, size).toArray();
    this.logits = logits.clone();
  }

  /// Some tokens of a vocabulary; the arrays become this object's own.
  ///
  /// @param ids the tokens
  /// @param logits the logit of each
  public Candidates(int[] ids, float[] logits) {
    if (ids.length != logits.length) {
      throw new IllegalArgumentException(
          "%d tokens have %d logits".formatted(ids.length, logits.length));
    }
    this.size = ids.length;
    this.ids = ids;
    this.logits = logits;
  }

  /// The number of candidates left.
  public int size() {
    return size;
  }

  /// The token of a candidate.
  public int id(int index) {
    return ids[index];
  }

  /// The logit of a candidate.
  public float logit(int index) {
    float logit = logits[index];
    return Float.isNaN(logit) ? Float.NEGATIVE_INFINITY : logit;
  }

  /// The index of a token's candidate, or -1 if it was dropped.
  public int indexOf(int id) {
    if (id >= 0 && id < size && ids[id] == id) {
      return id;
    }
    for (int i = 0; i < size; i++) {
      if (ids[i] == id) {
        return i;
      }
    }
    return -1;
  }

  /// Gives a candidate another logit.
  public void logit(int index, float logit) {
    logits[index] = logit;
    sorted = false;
  }

  /// The index of the candidate with the largest logit; of several, that of the smallest id.
  public int best() {
    int best = 0;
    long bestKey = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      long key = key(logits[i], ids[i]);
      if (key < bestKey) {
        bestKey = key;
        best = i;
      }
    }
    return best;
  }

  /// Softmax of the logits. Several infinite logits share all of it; if none is larger than minus
  /// infinity, all are equal.
  public double[] probabilities() {
    double largest = logit(best());
    double[] probabilities = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      probabilities[i] = logit(i) == largest ? 1 : Math.exp(logit(i) - largest);
      sum += probabilities[i];
    }
    for (int i = 0; i < size; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  /// Orders candidates by falling logit, equal ones by id.
  public void sort() {
    if (!sorted) {
      long[] order = new long[size];
      Arrays.setAll(order, i -> key(logits[i], ids[i]));
      Arrays.sort(order);
      keep(order);
    }
  }

  /// Drops all but the `count` candidates of the largest logits, and orders them.
  public void keepBest(int count) {
    if (sorted || count > size / SELECTION_LIMIT) {
      sort();
      truncate(count);
    } else {
      keep(bestKeys(count));
    }
  }

  /// Drops the candidates from this index on.
  public void truncate(int newSize) {
    size = Math.clamp(newSize, 0, size);
  }

  /// Drops the candidates whose index is not wanted; the others stay in order.
  public void retain(IntPredicate wanted) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (wanted.test(i)) {
        ids[kept] = ids[i];
        logits[kept++] = logits[i];
      }
    }
    size = kept;
  }

  /// The keys of the best candidates, in order.
  private long[] bestKeys(int count) {
    long[] best = new long[count];
    Arrays.setAll(best, i -> key(logits[i], ids[i]));
    Arrays.sort(best);
    for (int i = count; i < size; i++) {
      long key = key(logits[i], ids[i]);
      if (count > 0 && key < best[count - 1]) {
        insert(best, key);
      }
    }
    return best;
  }

  /// Puts a key into its place in an ordered row, from which the last drops out.
  private static void insert(long[] ordered, long key) {
    int place = -Arrays.binarySearch(ordered, key) - 1;
    System.arraycopy(ordered, place, ordered, place + 1, ordered.length - 1 - place);
    ordered[place] = key;
  }

  private void keep(long[] order) {
    size = order.length;
    for (int i = 0; i < size; i++) {
      ids[i] = (int) order[i];
      logits[i] = logit(order[i]);
    }
    sorted = true;
  }

  /// Logit and id in one number that sorts by falling logit, then rising id.
  private static long key(float logit, int id) {
    int bits = Float.floatToRawIntBits(logit + 0f);
    int rising = bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
    return (long) ~(Float.isNaN(logit) ? NO_NUMBER : rising) << Integer.SIZE | id;
  }

  private static float logit(long key) {
    int rising = ~(int) (key >> Integer.SIZE);
    return Float.intBitsToFloat(rising < 0 ? rising ^ Integer.MAX_VALUE : rising);
  }
}
