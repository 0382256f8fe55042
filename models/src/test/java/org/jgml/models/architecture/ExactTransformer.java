package org.jgml.models.architecture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// A transformer in double precision, from the equations of papers: the oracle of block builders,
/// with which it shares no code. Activations are one row a token.
abstract class ExactTransformer {
  static final int VOCABULARY = 96;
  static final int WIDTH = 32;
  static final int HEADS = 4;
  static final int KEY_HEADS = 2;
  static final int SIZE = 16;
  static final int INNER = 48;
  static final float EPSILON = 1e-5f;

  /// The angles by which a pair turns from one position to the next, and what follows the turn.
  record Turns(double[] frequencies, boolean neighbours, double magnitude) {
    static Turns of(double base, boolean neighbours) {
      double[] frequencies = new double[SIZE / 2];
      Arrays.setAll(frequencies, i -> Math.pow(base, -2.0 * i / SIZE));
      return new Turns(frequencies, neighbours, 1);
    }

    /// YaRN (Peng et al. 2023, section 3.2) for 32 and 1 turns over the trained length.
    static Turns yarn(int factor, int trained, boolean neighbours, double magnitude) {
      double[] frequencies = new double[SIZE / 2];
      double low = Math.max(0, Math.floor(pairOf(32, trained)));
      double high = Math.min(SIZE - 1, Math.ceil(pairOf(1, trained)));
      for (int i = 0; i < frequencies.length; i++) {
        double plain = Math.pow(10000, -2.0 * i / SIZE);
        double stretched = Math.clamp((i - low) / Math.max(0.001, high - low), 0.0, 1.0);
        frequencies[i] = (1 - stretched) * plain + stretched * plain / factor;
      }
      return new Turns(frequencies, neighbours, magnitude);
    }

    private static double pairOf(double turns, int trained) {
      return SIZE * Math.log(trained / (turns * 2 * Math.PI)) / (2 * Math.log(10000));
    }
  }

  /// @param cap bound of the scores; 0 for none
  /// @param window keys that a query sees; 0 for all
  /// @param chunked whether it sees those of its own chunk of that length instead
  /// @param bias largest exponent of the slopes by which scores fall with the distance; 0 if they
  ///   do not
  record Sight(double scale, double cap, int window, boolean chunked, double bias) {
    Sight(double scale, double cap, int window) {
      this(scale, cap, window, false, 0);
    }

    /// Scores that fall by powers of two over as many heads as a power of two.
    double fall(int head, int distance) {
      return bias == 0 ? 0 : distance * Math.pow(2, -bias * (head + 1) / HEADS);
    }

    int first(int token) {
      if (window == 0) {
        return 0;
      }
      return chunked ? token / window * window : Math.max(0, token - window + 1);
    }
  }

  final RandomModel file;
  final int layers;
  private double smallestMargin = Double.POSITIVE_INFINITY;

  ExactTransformer(String architecture, int layers) {
    this.file = new RandomModel(architecture);
    this.layers = layers;
    file.number("context_length", 128);
    file.number("embedding_length", WIDTH);
    file.number("block_count", layers);
    file.number("feed_forward_length", INNER);
    file.number("attention.head_count", HEADS);
    file.number("attention.head_count_kv", KEY_HEADS);
    file.number("attention.key_length", SIZE);
    file.number("attention.value_length", SIZE);
    file.real("attention.layer_norm_rms_epsilon", EPSILON);
    file.matrix("token_embd.weight", VOCABULARY, WIDTH);
    addOutputNorm();
    for (int i = 0; i < layers; i++) {
      addTensors("blk." + i + ".");
    }
  }

  /// Adds the norm after the last layer.
  void addOutputNorm() {
    addNorm("output_norm", WIDTH);
  }

  /// Adds the tensors of a layer, whose names begin so.
  abstract void addTensors(String layer);

  /// A layer.
  abstract double[][] block(int index, String layer, double[][] x);

  /// What the first layer reads.
  double[][] stream(double[][] embedded) {
    return embedded;
  }

  double embeddingFactor() {
    return 1;
  }

  double logit(double product) {
    return product;
  }

  double[][] outputNorm(double[][] x) {
    return norm(x, "output_norm");
  }

  /// The logits of a token plus the bias of an output matrix that is the embedding, if there is
  /// one.
  double[] biased(double... logits) {
    return file.has("output.bias") ? plus(logits, file.tensor("output.bias")) : logits;
  }

  public void write(Path path) throws IOException {
    file.write(path);
  }

  /// By how much an expert was chosen before another, over all tokens so far.
  double smallestMargin() {
    return smallestMargin;
  }

  /// The logits after each token.
  double[][] logits(int... tokens) {
    double[] embedding = file.tensor("token_embd.weight");
    double[][] x = new double[tokens.length][];
    for (int t = 0; t < x.length; t++) {
      int row = tokens[t] * WIDTH;
      x[t] = map(Arrays.copyOfRange(embedding, row, row + WIDTH), v -> v * embeddingFactor());
    }
    x = stream(x);
    for (int i = 0; i < layers; i++) {
      x = block(i, "blk." + i + ".", x);
    }
    double[][] last = outputNorm(x);
    double[][] product =
        file.has("output.weight")
            ? linear(last, "output")
            : rows(linear(last, "token_embd"), this::biased);
    return rows(product, row -> map(row, this::logit));
  }

  final void addAttention(String layer) {
    file.matrix(layer + "attn_q.weight", HEADS * SIZE, WIDTH);
    file.matrix(layer + "attn_k.weight", KEY_HEADS * SIZE, WIDTH);
    file.matrix(layer + "attn_v.weight", KEY_HEADS * SIZE, WIDTH);
    file.matrix(layer + "attn_output.weight", WIDTH, HEADS * SIZE);
  }

  final void addFeedForward(String layer, String ending, int inner) {
    file.matrix(layer + "ffn_gate" + ending + ".weight", inner, WIDTH);
    file.matrix(layer + "ffn_up" + ending + ".weight", inner, WIDTH);
    file.matrix(layer + "ffn_down" + ending + ".weight", WIDTH, inner);
  }

  void addExperts(String layer, int count, int inner) {
    file.matrix(layer + "ffn_gate_inp.weight", count, WIDTH);
    file.matrix(layer + "ffn_gate_exps.weight", count, inner, WIDTH);
    file.matrix(layer + "ffn_up_exps.weight", count, inner, WIDTH);
    file.matrix(layer + "ffn_down_exps.weight", count, WIDTH, inner);
  }

  final void addNorm(String name, int length) {
    file.vector(name + ".weight", 0.5, 1.5, length);
  }

  /// Matrix times rows, plus the bias if there is one.
  final double[][] linear(double[][] x, String name) {
    double[] weights = file.tensor(name + ".weight");
    double[][] y = rows(x, row -> multiply(weights, 0, weights.length / row.length, row));
    return file.has(name + ".bias") ? rows(y, row -> plus(row, file.tensor(name + ".bias"))) : y;
  }

  /// The matrix that begins at an element of `weights`, times `x`.
  static double[] multiply(double[] weights, int from, int height, double... x) {
    double[] y = new double[height];
    for (int i = 0; i < height * x.length; i++) {
      y[i / x.length] += weights[from + i] * x[i % x.length];
    }
    return y;
  }

  /// RMS norm of each run of as many elements as the scale has.
  final double[][] norm(double[][] x, String name) {
    double[] scale = file.tensor(name + ".weight");
    return rows(
        x,
        row -> {
          double[] y = row.clone();
          for (int from = 0; from < row.length; from += scale.length) {
            double squares =
                Arrays.stream(row, from, from + scale.length).map(value -> value * value).sum();
            double root = Math.sqrt(squares / scale.length + EPSILON);
            for (int i = 0; i < scale.length; i++) {
              y[from + i] = row[from + i] / root * scale[i];
            }
          }
          return y;
        });
  }

  /// Each run of `size` elements divided by the root of its mean square.
  static double[][] evened(double[][] x, int size) {
    return rows(
        x,
        row -> {
          double[] y = row.clone();
          for (int from = 0; from < y.length; from += size) {
            double squares =
                Arrays.stream(row, from, from + size).map(value -> value * value).sum();
            double root = Math.sqrt(squares / size + EPSILON);
            for (int i = from; i < from + size; i++) {
              y[i] = row[i] / root;
            }
          }
          return y;
        });
  }

  /// Turns each head of row `t` by position `t`.
  static double[][] rotate(double[][] x, Turns turns) {
    double[][] y = rows(x, double[]::clone);
    int pairs = turns.frequencies.length;
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < x[t].length; head += SIZE) {
        for (int i = 0; i < pairs; i++) {
          int a = head + (turns.neighbours ? 2 * i : i);
          int b = turns.neighbours ? a + 1 : a + pairs;
          double cosine = turns.magnitude * Math.cos(t * turns.frequencies[i]);
          double sine = turns.magnitude * Math.sin(t * turns.frequencies[i]);
          y[t][a] = x[t][a] * cosine - x[t][b] * sine;
          y[t][b] = x[t][a] * sine + x[t][b] * cosine;
        }
      }
    }
    return y;
  }

  /// Causal attention with shared key heads.
  static double[][] attend(double[][] q, double[][] k, double[][] v, Sight sight) {
    double[][] y = new double[q.length][HEADS * SIZE];
    for (int t = 0; t < q.length; t++) {
      int first = sight.first(t);
      for (int head = 0; head < HEADS; head++) {
        int from = head * SIZE;
        int keyFrom = head / (HEADS / KEY_HEADS) * SIZE;
        double[] weights = new double[t + 1 - first];
        for (int s = first; s <= t; s++) {
          double score = 0;
          for (int i = 0; i < SIZE; i++) {
            score += sight.scale * q[t][from + i] * k[s][keyFrom + i];
          }
          weights[s - first] = bound(score, sight.cap) - sight.fall(head, t - s);
        }
        weights = softmax(weights);
        for (int s = first; s <= t; s++) {
          for (int i = 0; i < SIZE; i++) {
            y[t][from + i] += weights[s - first] * v[s][keyFrom + i];
          }
        }
      }
    }
    return y;
  }

  static double bound(double value, double cap) {
    return cap == 0 ? value : cap * Math.tanh(value / cap);
  }

  static double[] softmax(double... logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double[] y = map(logits, logit -> Math.exp(logit - max));
    double sum = Arrays.stream(y).sum();
    return map(y, value -> value / sum);
  }

  final double[][] feedForward(
      double[][] x, String layer, String ending, DoubleUnaryOperator activation) {
    double[][] gate = linear(x, layer + "ffn_gate" + ending);
    double[][] up = linear(x, layer + "ffn_up" + ending);
    double[][] inner = new double[x.length][];
    Arrays.setAll(inner, t -> times(map(gate[t], activation), up[t]));
    return linear(inner, layer + "ffn_down" + ending);
  }

  /// The `used` likeliest experts of each token, weighed by their probabilities.
  ///
  /// @param normalised whether the weights of a token are made to add up to 1
  final double[][] experts(double[][] x, String layer, int used, boolean normalised) {
    return experts(x, layer, used, normalised, ExactTransformer::softmax);
  }

  /// The same for other probabilities; a bias, if there is one, takes part in the choice only.
  final double[][] experts(
      double[][] x, String layer, int used, boolean normalised, UnaryOperator<double[]> gate) {
    double[][] probabilities = rows(linear(x, layer + "ffn_gate_inp"), gate);
    double[][] y = new double[x.length][WIDTH];
    for (int t = 0; t < x.length; t++) {
      double[] p = probabilities[t];
      int[] chosen = chosen(layer, used, p);
      double sum = normalised ? Arrays.stream(chosen).mapToDouble(e -> p[e]).sum() : 1;
      for (int e : chosen) {
        y[t] = plus(y[t], map(expert(x[t], layer, e, p.length), value -> p[e] / sum * value));
      }
    }
    return y;
  }

  /// The experts of the largest probabilities plus bias.
  final int[] chosen(String layer, int used, double... probabilities) {
    String bias = layer + (file.has(layer + "exp_probs_b") ? "exp_probs_b" : "exp_probs_b.bias");
    double[] merits =
        eligible(file.has(bias) ? plus(probabilities, file.tensor(bias)) : probabilities);
    return best(used, merits);
  }

  /// The merits of experts, those that cannot be chosen at minus infinity.
  double[] eligible(double... merits) {
    return merits;
  }

  /// The numbers of the largest merits.
  final int[] best(int used, double... merits) {
    int[] order =
        IntStream.range(0, merits.length)
            .boxed()
            .sorted(Comparator.comparingDouble(e -> -merits[e]))
            .mapToInt(e -> e)
            .toArray();
    smallestMargin = Math.min(smallestMargin, merits[order[used - 1]] - merits[order[used]]);
    return Arrays.copyOf(order, used);
  }

  final double[] expert(double[] x, String layer, int index, int count) {
    return expert(x, layer, index, count, ExactTransformer::silu);
  }

  final double[] expert(
      double[] x, String layer, int index, int count, DoubleUnaryOperator activation) {
    double[] gates = file.tensor(layer + "ffn_gate_exps.weight");
    double[] ups = file.tensor(layer + "ffn_up_exps.weight");
    double[] downs = file.tensor(layer + "ffn_down_exps.weight");
    int inner = gates.length / count / x.length;
    int from = index * inner * x.length;
    double[] gate = map(multiply(gates, from, inner, x), activation);
    return multiply(downs, from, x.length, times(gate, multiply(ups, from, inner, x)));
  }

  static double[] sigmoids(double... logits) {
    return map(logits, logit -> 1 / (1 + Math.exp(-logit)));
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  static double[][] plus(double[][] a, double[][] b) {
    double[][] y = new double[a.length][];
    Arrays.setAll(y, t -> plus(a[t], b[t]));
    return y;
  }

  static double[] plus(double[] a, double[] b) {
    double[] y = new double[a.length];
    Arrays.setAll(y, i -> a[i] + b[i]);
    return y;
  }

  static double[] times(double[] a, double[] b) {
    double[] y = new double[a.length];
    Arrays.setAll(y, i -> a[i] * b[i]);
    return y;
  }

  static double[] map(double[] x, DoubleUnaryOperator function) {
    return Arrays.stream(x).map(function).toArray();
  }

  static double[][] rows(double[][] x, UnaryOperator<double[]> function) {
    return Arrays.stream(x).map(function).toArray(double[][]::new);
  }
}
