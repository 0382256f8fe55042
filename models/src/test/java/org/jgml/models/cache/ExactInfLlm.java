package org.jgml.models.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.op.AttentionColumnSums.Summand;
import org.jgml.core.op.RopeScaling;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockScorer.Representatives.Heads;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.InfLlmParameters.FarMask;
import org.jgml.kvcache.LayerShape;

/// InfLLM in one layer in double precision, from its description and with nothing of the engine:
/// all tokens stay, and lists say which of them a query sees.
final class ExactInfLlm extends ExactAttention {
  private final InfLlmParameters parameters;
  private final List<double[]> mass = new ArrayList<>();
  private final List<List<double[]>> representatives = new ArrayList<>();
  private int[] selected = {};
  private int sealed;
  private double smallestMargin = Double.POSITIVE_INFINITY;

  ExactInfLlm(InfLlmParameters parameters, LayerShape shape, RopeScaling scaling) {
    super(shape, scaling);
    this.parameters = parameters;
  }

  /// The blocks of the last slice, ascending.
  int[] selected() {
    return selected;
  }

  /// The least by which a block was chosen before another, relative to the scores; if it is tiny,
  /// another arithmetic may choose otherwise.
  double smallestMargin() {
    return smallestMargin;
  }

  /// Reads a slice of tokens.
  double[][] read(double[][] query, double[][] key, double[][] value) {
    int first = keys.size();
    remember(key, value);
    selected = select(query);
    double[][] y = new double[query.length][];
    for (int i = 0; i < query.length; i++) {
      mass.add(new double[shape.heads()]);
    }
    for (int i = 0; i < query.length; i++) {
      y[i] = attend(query[i], first + i);
    }
    seal();
    return y;
  }

  private int blockBegin(int block) {
    return parameters.initialTokens() + block * parameters.blockSize();
  }

  private double[] attend(double[] query, int token) {
    double[] y = new double[shape.heads() * shape.valueSize()];
    for (int head = 0; head < shape.heads(); head++) {
      List<Seen> seen = seen(query, token, head);
      double[] row = attend(seen, head);
      System.arraycopy(row, 0, y, head * row.length, row.length);
      measure(seen, token, head);
    }
    return y;
  }

  private List<Seen> seen(double[] query, int token, int head) {
    int window = parameters.localWindow();
    int last = keys.size() - 1;
    int lastFar = (parameters.mask() == FarMask.EXACT ? token : last) - window;
    List<Seen> seen = clipped(query, head, token, window, 0, _ -> false);
    List<Integer> far = new ArrayList<>();
    for (int other = 0; other <= lastFar; other++) {
      boolean isInBlock = other >= parameters.initialTokens() && other < blockBegin(sealed);
      if (!isInBlock) {
        far.add(other);
      }
    }
    for (int block : selected) {
      for (int i = 0; i < parameters.blockSize(); i++) {
        far.add(blockBegin(block) + i);
      }
    }
    far.forEach(other -> seen.add(new Seen(other, logit(query, head, window - 1, other, 0))));
    return seen;
  }

  private void measure(List<Seen> seen, int token, int head) {
    double max = seen.stream().mapToDouble(Seen::logit).max().orElseThrow();
    double sum = seen.stream().mapToDouble(each -> Math.exp(each.logit() - max)).sum();
    boolean isMass = parameters.selection().scorer().measure() != Summand.LOGIT;
    for (int i = 0; i < Math.min(token + 1, parameters.localWindow()); i++) {
      Seen each = seen.get(i);
      mass.get(each.token())[head] += isMass ? Math.exp(each.logit() - max) / sum : each.logit();
    }
  }

  private void seal() {
    while (keys.size() - blockBegin(sealed) - parameters.blockSize() >= parameters.localWindow()) {
      representatives.add(representatives(sealed));
      sealed++;
    }
  }

  /// For each query head the mean of its representatives, as far keys; empty if the scorer has
  /// none.
  private List<double[]> representatives(int block) {
    List<double[]> rows = new ArrayList<>();
    for (BlockScorer scorer : parameters.selection().scorer().parts()) {
      if (scorer instanceof BlockScorer.Representatives(int count, Heads heads, Summand _)) {
        for (int head = 0; head < shape.heads(); head++) {
          rows.add(representative(block, head, count, heads));
        }
      }
    }
    return rows;
  }

  private double[] representative(int block, int head, int count, Heads heads) {
    int group = shape.group();
    int from = heads == Heads.QUERY ? head : head / group * group;
    int end = heads == Heads.QUERY ? head + 1 : from + group;
    int[] order =
        IntStream.range(blockBegin(block), blockBegin(block + 1))
            .boxed()
            .sorted(
                Comparator.comparingDouble(
                    token -> -Arrays.stream(mass.get(token), from, end).sum()))
            .mapToInt(token -> token)
            .toArray();
    double[] mean = new double[shape.headSize()];
    for (int i = 0; i < count; i++) {
      double[] row = key(order[i], head, 0);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / count;
      }
    }
    return mean;
  }

  private int[] select(double[][] query) {
    int wanted = Math.min(sealed, parameters.selection().blocks());
    List<Integer> chosen = new ArrayList<>();
    List<BlockScorer> scorers = parameters.selection().scorer().parts();
    for (int i = 0; i < scorers.size(); i++) {
      BlockScorer scorer = scorers.get(i);
      double[] scores =
          IntStream.range(0, sealed).mapToDouble(block -> score(scorer, query, block)).toArray();
      int until =
          i == scorers.size() - 1
              ? wanted
              : Math.min(wanted, Math.ceilDiv(parameters.selection().blocks(), scorers.size()));
      IntStream.range(0, sealed)
          .boxed()
          .filter(block -> !chosen.contains(block))
          .sorted(Comparator.comparingDouble(block -> -scores[block]))
          .limit(until - chosen.size())
          .toList()
          .forEach(chosen::add);
      noteMargin(scores, chosen);
    }
    return chosen.stream().mapToInt(block -> block).sorted().toArray();
  }

  private void noteMargin(double[] scores, List<Integer> chosen) {
    double best = Double.NEGATIVE_INFINITY;
    double size = 1e-300;
    for (int block = 0; block < sealed; block++) {
      best = chosen.contains(block) ? best : Math.max(best, scores[block]);
      size = Math.max(size, Math.abs(scores[block]));
    }
    for (int block : chosen) {
      smallestMargin = Math.min(smallestMargin, Math.abs(scores[block] - best) / size);
    }
  }

  private double score(BlockScorer scorer, double[][] query, int block) {
    return switch (scorer) {
      case BlockScorer.Representatives _ ->
          sumOverHeads(query, (row, head) -> dot(row, representatives.get(block).get(head)));
      case BlockScorer.MeanKey() ->
          sumOverHeads(query, (row, head) -> meanProduct(row, head, block));
      case BlockScorer.Boxes(int tokens) -> bestBox(query, block, tokens);
      case BlockScorer.Union _ -> throw new IllegalArgumentException("unions have parts");
    };
  }

  @FunctionalInterface
  private interface HeadScore {
    double of(double[] farQuery, int head);
  }

  /// The mean over the slice of sums over heads.
  private double sumOverHeads(double[][] query, HeadScore score) {
    double sum = 0;
    for (double[] row : query) {
      for (int head = 0; head < shape.heads(); head++) {
        double[] far = turned(row, head * shape.headSize(), parameters.localWindow() - 1);
        sum += score.of(far, head) / query.length;
      }
    }
    return sum;
  }

  private double meanProduct(double[] row, int head, int block) {
    double sum = 0;
    for (int token = blockBegin(block); token < blockBegin(block + 1); token++) {
      sum += dot(row, key(token, head, 0)) / parameters.blockSize();
    }
    return sum;
  }

  private double bestBox(double[][] query, int block, int tokens) {
    double best = Double.NEGATIVE_INFINITY;
    for (int from = blockBegin(block); from < blockBegin(block + 1); from += tokens) {
      int first = from;
      best = Math.max(best, sumOverHeads(query, (row, head) -> bound(row, head, first, tokens)));
    }
    return best;
  }

  private double bound(double[] row, int head, int from, int tokens) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int token = from; token < from + tokens; token++) {
        largest = Math.max(largest, row[i] * key(token, head, 0)[i]);
      }
      sum += largest;
    }
    return sum;
  }
}
