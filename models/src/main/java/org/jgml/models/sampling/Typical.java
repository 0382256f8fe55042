package org.jgml.models.sampling;

import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Keeps the smallest set of candidates whose surprise is nearest to what is expected, with more
/// than `share` of the probability (Meister et al., *Locally Typical Sampling*, section 3).
record Typical(float share) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    candidates.sort();
    double[] probabilities = candidates.probabilities();
    double[] distance = distances(probabilities);
    int[] order =
        IntStream.range(0, distance.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> distance[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    BitSet kept = new BitSet();
    double sum = 0;
    for (int i = 0; i < order.length && (i == 0 || sum <= share); i++) {
      kept.set(order[i]);
      sum += probabilities[order[i]];
    }
    candidates.retain(kept::get);
  }

  /// How far each surprise is from the entropy; infinite for what is impossible.
  private static double[] distances(double... probabilities) {
    double[] distances = new double[probabilities.length];
    double entropy = Entropy.of(probabilities);
    for (int i = 0; i < distances.length; i++) {
      distances[i] = Math.abs(-Math.log(probabilities[i]) - entropy);
    }
    return distances;
  }
}
