package org.jgml.core.conformance;

import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.I64;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionFinish;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Fill;
import org.jgml.core.op.Glu;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Op;
import org.jgml.core.op.Rope;
import org.jgml.core.op.Sample;
import org.jgml.core.op.SetRows;
import org.jgml.core.op.TopK;
import org.jgml.core.tensor.DataType;

/// Ops that models put next to each other, so that devices may fuse them.
enum Idiom {
  /// A product with a bias, or on top of other values.
  PRODUCT_SUM {
    @Override
    Node build(GraphBuilder g, SplittableRandom random, Source source) {
      Products products = Products.draw(g, random, source);
      boolean isBias = random.nextBoolean();
      Sample.Operand wanted = isBias ? x(products.n()) : x(products.m(), products.n());
      Op.Compute add = new Binary(Binary.Kind.ADD);
      Node addend = source.operand(add, wanted, "addend");
      Node product = products.with("weight");
      return random.nextBoolean() || isBias
          ? g.apply(add, product, addend)
          : g.apply(add, addend, product);
    }
  },

  /// The gated half of a feed-forward layer.
  GATED_PRODUCTS {
    @Override
    Node build(GraphBuilder g, SplittableRandom random, Source source) {
      Products products = Products.draw(g, random, source);
      Node gate = products.with("gate");
      Node up = products.with("up");
      Op.Compute unit = new Glu(Idiom.draw(random, List.of(Glu.Kind.values())));
      return random.nextInt(4) == 0 ? g.apply(unit, up, gate) : g.apply(unit, gate, up);
    }
  },

  /// Keys on their way to a cache.
  STORED_ROTATION {
    @Override
    Node build(GraphBuilder g, SplittableRandom random, Source source) {
      long tokens = random.nextLong(1, 6);
      long heads = random.nextLong(1, 4);
      long length = Idiom.draw(random, List.of(32, 64, 96));
      long pairs = random.nextBoolean() ? length / 2 : length / 4;
      long capacity = tokens + random.nextLong(4);
      Op.Compute rope = new Rope(Idiom.draw(random, List.of(Rope.Style.values())));
      Op.Compute store = new SetRows();
      DataType type = Idiom.draw(random, List.of(F32, F16, Q8_0));
      Sample.Operand cache = Sample.Operand.of(type, capacity, heads * length);
      Sample.Operand indices =
          Sample.Operand.of(random.nextBoolean() ? I32 : I64, tokens)
              .with(new Fill.DistinctIndices((int) capacity));
      Node angles = source.operand(rope, x(tokens, pairs, 2), "angles");
      Node rows = source.operand(store, indices, "rows");
      Node destination = source.destination(store, cache);
      Node rotated = g.apply(rope, source.operand(rope, x(tokens, heads, length), "x"), angles);
      return g.apply(store, destination, g.reshape(rotated, tokens, heads * length), rows);
    }
  },

  /// Attention to a window, to first tokens, and to what a table names.
  MERGED_ATTENTION {
    @Override
    Node build(GraphBuilder g, SplittableRandom random, Source source) {
      Attention attention = Attention.draw(random);
      List<Node> parts = new ArrayList<>();
      if (random.nextBoolean()) {
        Op.Compute merge = new AttentionMerge(2);
        Sample.Operand known = attention.result().with(new Fill.PartialAttention());
        parts.add(source.operand(merge, known, "known"));
      }
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        parts.add(attention.part(g, source, "." + i, Idiom.draw(random, List.of(0, 0, 8))));
      }
      boolean isMerged = parts.size() > 1 || random.nextBoolean();
      Node all =
          isMerged
              ? g.apply(new AttentionMerge(parts.size()), parts.toArray(Node[]::new))
              : parts.getFirst();
      return random.nextBoolean() || !isMerged ? g.apply(new AttentionFinish(), all) : all;
    }
  },

  /// The best of those that are there.
  MASKED_TOP_K {
    @Override
    Node build(GraphBuilder g, SplittableRandom random, Source source) {
      long rows = random.nextLong(1, 4);
      long length = 4 * random.nextLong(1, 99);
      Op.Compute top = new TopK(random.nextInt(1, (int) length + 1));
      Node scores = source.operand(top, x(rows, length), "scores");
      Sample.Operand present = x(rows * length / 4, 4).with(new Fill.Indices(2));
      Node mask = g.scale(source.operand(top, present, "present"), 1e30f, -1e30f);
      Node absence = g.reshape(mask, rows, length);
      return g.apply(top, random.nextBoolean() ? g.add(scores, absence) : g.add(absence, scores));
    }
  };

  /// Where operands come from.
  interface Source {
    /// An operand of an op that gets values as a sample wants them.
    Node operand(Op.Compute op, Sample.Operand wanted, String name);

    /// One that the op overwrites.
    Node destination(Op.Compute op, Sample.Operand wanted);
  }

  /// Products of the same tokens: `m` of them, by `n` rows, each `k` long.
  private record Products(GraphBuilder g, Source source, Node tokens, DataType type, long n) {
    private static final List<Integer> TOKENS = List.of(1, 1, 2, 7, 17);
    private static final List<Integer> ROWS = List.of(1, 5, 32, 37);

    static Products draw(GraphBuilder g, SplittableRandom random, Source source) {
      DataType type = Idiom.draw(random, List.of(DataType.values()));
      DataType weights = type.isInteger() ? F32 : type;
      long k =
          weights.isQuantised() ? Math.max(weights.blockElements(), 64) : 1 + random.nextInt(99);
      long m = Idiom.draw(random, TOKENS);
      Node tokens = source.operand(new MatMul(), x(m, k), "tokens");
      return new Products(g, source, tokens, weights, Idiom.draw(random, ROWS));
    }

    Node with(String weights) {
      Sample.Operand wanted = Sample.Operand.of(type, n, k());
      return g.apply(new MatMul(), tokens, source.operand(new MatMul(), wanted, weights));
    }

    private long k() {
      return tokens.type().shape().dim(-1);
    }

    private long m() {
      return tokens.type().shape().dim(0);
    }
  }

  /// Attention of some tokens, to keys of one type.
  private record Attention(long tokens, long heads, long keyHeads, long size, DataType type) {
    private static final int KEYS = 48;
    private static final int TABLE = 4;

    static Attention draw(SplittableRandom random) {
      long keyHeads = random.nextLong(1, 3);
      long heads = keyHeads * random.nextLong(1, 4);
      long tokens = Idiom.draw(random, List.of(1, 1, 3, 33));
      return new Attention(
          tokens,
          heads,
          keyHeads,
          Idiom.draw(random, List.of(32, 64)),
          Idiom.draw(random, KEY_TYPES));
    }

    Sample.Operand result() {
      return x(tokens, heads, size + AttentionPartial.STATISTICS);
    }

    /// What some keys contribute; a table names blocks of `blockRows`.
    ///
    /// @param suffix of the names of its operands
    Node part(GraphBuilder g, Source source, String suffix, int blockRows) {
      Op.Compute op = new AttentionPartial(0.2f, 0, blockRows);
      int seen = blockRows == 0 ? KEYS : TABLE * blockRows;
      Sample.Operand keys = Sample.Operand.of(type, KEYS, keyHeads, size);
      Sample.Operand bound = Sample.Operand.of(I32, tokens).with(new Fill.Indices(seen));
      List<Node> operands = new ArrayList<>();
      operands.add(source.operand(op, x(tokens, heads, size), "query" + suffix));
      operands.add(source.operand(op, keys, "key" + suffix));
      operands.add(source.operand(op, keys, "value" + suffix));
      operands.add(source.operand(op, bound, "first" + suffix));
      operands.add(source.operand(op, bound, "last" + suffix));
      if (blockRows > 0) {
        Fill blocks = new Fill.Indices(KEYS / blockRows);
        operands.add(
            source.operand(op, Sample.Operand.of(I32, TABLE).with(blocks), "table" + suffix));
      }
      return g.apply(op, operands.toArray(Node[]::new));
    }
  }

  private static final List<DataType> KEY_TYPES = List.of(F32, F16, Q8_0);

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static <T> T draw(SplittableRandom random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /// Adds the ops to a graph.
  abstract Node build(GraphBuilder g, SplittableRandom random, Source source);
}
