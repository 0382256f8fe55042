package org.jgml.models.perplexity;

/// The mean of numbers as they come, and how sure it is.
final class Mean {
  private double sum;
  private double squares;
  private long count;

  void add(double x) {
    sum += x;
    squares += x * x;
    count++;
  }

  long count() {
    return count;
  }

  double value() {
    return sum / count;
  }

  /// The standard error of the mean; 0 for fewer than two numbers.
  double standardError() {
    double variance = squares / count - value() * value();
    return count < 2 || variance <= 0 ? 0 : Math.sqrt(variance / (count - 1));
  }
}
