package org.jgml.core.inspect;

import java.util.Random;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Unary;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Weights;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// One block of a transformer with a cache, for tests that look into a graph.
final class SmallDecoder {
  static final int TOKENS = 5;
  private static final int HEADS = 2;
  private static final int HEAD_SIZE = 8;
  private static final int WIDTH = HEADS * HEAD_SIZE;
  private static final int CAPACITY = 8;

  private SmallDecoder() {}

  static Graph graph() {
    GraphBuilder g = new GraphBuilder().trace(true);
    Node x = g.input("x", DataType.F32, TOKENS, WIDTH);
    Node positions = g.input("positions", DataType.I32, TOKENS);
    GraphBuilder block = g.scope("blk.0");
    Node scale = g.constant(TensorType.of(DataType.F32, WIDTH).shape(), values(1, WIDTH));
    Node normed = block.named("norm").rmsNorm(x, scale, 1e-5f);
    Node query = block.named("query").matmul(normed, weight(g, 2));
    Node key = block.named("key").matmul(normed, weight(g, 3));
    Node state = g.state("keys", TensorType.of(DataType.F32, CAPACITY, WIDTH));
    Node keys = heads(g, block.named("store").setRows(state, key, positions), CAPACITY);
    Attention attention = Attention.of(0.3f, AttentionMask.causal());
    Node attended =
        block.named("attention").apply(attention, heads(g, query, TOKENS), keys, keys, positions);
    Node joined = g.reshape(attended, TOKENS, WIDTH);
    Node residual = block.named("residual").add(x, joined);
    Node gated =
        block.named("gated").mul(residual, block.named("exp").unary(Unary.Kind.EXP, residual));
    return g.build(g.named("y").matmul(gated, weight(g, 4)));
  }

  private static Node weight(GraphBuilder g, int seed) {
    return g.reshape(
        g.constant(TensorType.of(DataType.F32, WIDTH, WIDTH).shape(), values(seed, WIDTH * WIDTH)),
        WIDTH,
        WIDTH);
  }

  private static Node heads(GraphBuilder g, Node x, int rows) {
    return g.reshape(x, rows, HEADS, HEAD_SIZE);
  }

  static Inspection inspection() {
    return new Inspection(graph(), new LoadedWeights(Weights.none()), SmallDecoder::write);
  }

  static void write(Execution execution) {
    execution.write("x", values(7, TOKENS * WIDTH));
    execution.write("positions", 0, 1, 2, 3, 4);
  }

  private static float[] values(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
