package org.jgml.core.conformance;

import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.I64;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Fill;
import org.jgml.core.op.Glu;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Op;
import org.jgml.core.op.Rope;
import org.jgml.core.op.Sample;
import org.jgml.core.op.SetRows;
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

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static <T> T draw(SplittableRandom random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /// Adds the ops to a graph.
  abstract Node build(GraphBuilder g, SplittableRandom random, Source source);
}
