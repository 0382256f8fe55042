package org.jgml.models.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jgml.core.op.RopeScaling;
import org.jgml.kvcache.LayerShape;

/// Attention of one layer in double precision by plain loops, over all tokens that were ever read:
/// true distances in a window, one far distance beyond it.
class ExactAttention {
  final LayerShape shape;
  final List<double[]> keys = new ArrayList<>();
  final List<double[]> values = new ArrayList<>();
  private final double[] frequencies;
  private final double magnitude;

  ExactAttention(LayerShape shape, RopeScaling scaling) {
    this.shape = shape;
    int pairs = shape.headSize() / 2;
    frequencies = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      frequencies[i] = Math.pow(10000, -2.0 * i / shape.headSize()) * scaling.frequencyScale();
    }
    magnitude = scaling.attentionFactor();
  }

  /// Half-split rotation of the head that begins at an element of a row.
  double[] turned(double[] row, int from, double position) {
    int pairs = shape.headSize() / 2;
    double[] y = new double[shape.headSize()];
    for (int i = 0; i < pairs; i++) {
      double cosine = magnitude * Math.cos(position * frequencies[i]);
      double sine = magnitude * Math.sin(position * frequencies[i]);
      double a = row[from + i];
      double b = row[from + pairs + i];
      y[i] = a * cosine - b * sine;
      y[pairs + i] = a * sine + b * cosine;
    }
    return y;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  double[] key(int token, int head, double position) {
    return turned(keys.get(token), head / shape.group() * shape.headSize(), position);
  }

  /// The logit of a query at its true distance from a key, or at a fixed one.
  double logit(double[] query, int head, double queryPosition, int token, double keyPosition) {
    double[] turned = turned(query, head * shape.headSize(), queryPosition);
    double logit = shape.scores().scale() * dot(turned, key(token, head, keyPosition));
    double cap = shape.scores().softCap();
    return cap == 0 ? logit : cap * Math.tanh(logit / cap);
  }

  /// One key that a query sees: how, and how often.
  record Seen(int token, double logit) {}

  /// What one head of a query makes of keys.
  double[] attend(List<Seen> seen, int head) {
    double max = seen.stream().mapToDouble(Seen::logit).max().orElse(0);
    double sum = seen.stream().mapToDouble(each -> Math.exp(each.logit() - max)).sum();
    double[] y = new double[shape.valueSize()];
    int from = head / shape.group() * shape.valueSize();
    for (Seen each : seen) {
      double weight = Math.exp(each.logit() - max) / sum;
      for (int i = 0; i < y.length; i++) {
        y[i] += weight * values.get(each.token())[from + i];
      }
    }
    return y;
  }

  /// Keys of a token's window at their distances, others that it shall see at one distance.
  List<Seen> clipped(
      double[] query, int head, int token, int window, int farPosition, IntPredicate sees) {
    List<Seen> seen = new ArrayList<>();
    for (int other = 0; other <= token; other++) {
      if (token - other < window) {
        seen.add(new Seen(other, logit(query, head, token - other, other, 0)));
      } else if (sees.test(other)) {
        seen.add(new Seen(other, logit(query, head, farPosition, other, 0)));
      }
    }
    return seen;
  }

  /// Adds the keys and values of tokens.
  void remember(double[][] key, double[][] value) {
    keys.addAll(List.of(key));
    values.addAll(List.of(value));
  }
}
