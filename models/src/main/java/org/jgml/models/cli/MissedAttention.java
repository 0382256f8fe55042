package org.jgml.models.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jgml.kvcache.InfLlmListener;

/// For each generated token, the most attention that it can have missed in any head of any layer.
final class MissedAttention implements InfLlmListener {
  private static final double PERCENT = 100;

  /// @param share of the attention of a head, at most
  private record Bound(float share, int layer, int head) {}

  private final List<Bound> tokens = new ArrayList<>();
  private int lastLayer = Integer.MAX_VALUE;

  @Override
  public void missed(int layer, float[] shares) {
    int worst =
        IntStream.range(0, shares.length).reduce((a, b) -> shares[b] > shares[a] ? b : a).orElse(0);
    Bound bound = new Bound(shares[worst], layer, worst);
    if (layer <= lastLayer) {
      tokens.add(bound);
    } else if (bound.share() > tokens.getLast().share()) {
      tokens.set(tokens.size() - 1, bound);
    }
    lastLayer = layer;
  }

  /// A line for each token.
  List<String> lines() {
    return IntStream.range(0, tokens.size()).mapToObj(this::line).toList();
  }

  private String line(int index) {
    Bound bound = tokens.get(index);
    return String.format(
        Locale.ROOT,
        "token %d missed at most %.2f %% of its attention (layer %d, head %d)",
        index + 1,
        PERCENT * bound.share(),
        bound.layer(),
        bound.head());
  }

  /// All tokens in one line.
  String summary() {
    return String.format(
        Locale.ROOT,
        "missed attention: %d tokens bounded; at most %.2f %%, on average %.2f %% in the worst"
            + " head",
        tokens.size(),
        PERCENT * tokens.stream().mapToDouble(Bound::share).max().orElse(0),
        PERCENT * tokens.stream().mapToDouble(Bound::share).average().orElse(0));
  }
}
