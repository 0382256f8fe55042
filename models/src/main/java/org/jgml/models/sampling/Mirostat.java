package org.jgml.models.sampling;

/// Draws such that the surprise of the text stays near a target: candidates are cut at a limit that
/// is corrected by what was drawn (Basu et al., *Mirostat*).
final class Mirostat implements Choice {
  /// How many of the likeliest candidates the exponent of Zipf's law is estimated from.
  private static final int ESTIMATED_FROM = 100;

  private static final double LOG_2 = Math.log(2);

  private final MirostatOptions options;
  private final Choice draw;
  private double limit;

  Mirostat(MirostatOptions options, Choice draw) {
    this.options = options;
    this.draw = draw;
    this.limit = 2 * options.surprise();
  }

  /// The surprise, in bits, at which candidates are cut: called mu.
  double limit() {
    return limit;
  }

  @Override
  public int choose(Candidates candidates) {
    candidates.sort();
    double[] all = candidates.probabilities();
    candidates.truncate(options.version() == 1 ? zipfCount(all) : count(all));
    int chosen = draw.choose(candidates);
    double surprise = -Math.log(candidates.probabilities()[chosen]) / LOG_2;
    limit -= options.learningRate() * (surprise - options.surprise());
    return chosen;
  }

  /// Version 2: how many candidates are no more surprising than the limit.
  private int count(double... probabilities) {
    int count = 1;
    while (count < probabilities.length && -Math.log(probabilities[count]) / LOG_2 <= limit) {
      count++;
    }
    return count;
  }

  /// Version 1: how many candidates Zipf's law would allow (the paper's algorithm 1).
  private static double exponent(double... probabilities) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i + 1 < Math.min(ESTIMATED_FROM, probabilities.length); i++) {
      if (probabilities[i + 1] == 0) {
        break;
      }
      double rank = Math.log((i + 2.0) / (i + 1.0));
      products += rank * Math.log(probabilities[i] / probabilities[i + 1]);
      squares += rank * rank;
    }
    return products / squares;
  }

  private int zipfCount(double... probabilities) {
    double exponent = exponent(probabilities);
    double excess = exponent - 1;
    double count =
        Math.pow(
            excess * Math.pow(2, limit) / (1 - Math.pow(probabilities.length, -excess)),
            1 / exponent);
    // No number, as for a single candidate or an exponent of exactly 1, counts as 0.
    return Math.max(1, (int) count);
  }
}
