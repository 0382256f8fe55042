package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionFinish;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Op;
import org.jgml.core.op.TopK;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.junit.jupiter.api.Test;

/// Attention to several sets of keys, and the choice of blocks, are few launches, unless what lies
/// between is read. That the results are right is tested by whole graphs.
final class AttentionFusionTest {
  private static final Op ADD = new Binary(Binary.Kind.ADD);

  private final GraphBuilder g = new GraphBuilder();

  /// One launch of all parts, whose blocks share the keys, and one that merges what they found.
  @Test
  void theWindowAndTheFirstTokens() {
    Node query = x(1, 8, 64);
    Node farQuery = x(1, 8, 64);
    Node near = attention(query, 4096, 0);
    Node initial = attention(farQuery, 4096, 0);
    Node tail = attention(farQuery, 4096, 0);
    Node merged = g.apply(new AttentionMerge(3), near, initial, tail);
    assertEquals(2, launches(Set.of(merged), near, initial, tail, merged));
    assertEquals(6, launches(Set.of(initial, merged), near, initial, tail, merged));
  }

  @Test
  void blocksOnTopOfTheWindow() {
    Node known = x(1, 8, 66);
    Node blocks = attention(x(1, 8, 64), 2048, 128);
    Node merged = g.apply(new AttentionMerge(2), known, blocks);
    Node finished = g.apply(new AttentionFinish(), merged);
    assertEquals(2, launches(Set.of(finished), blocks, merged, finished));
    assertEquals(3, launches(Set.of(finished, merged), blocks, merged, finished));
  }

  @Test
  void theBestOfTheBlocksThatAreThere() {
    Node scores = x(1, 8192);
    Node absence = g.scale(x(256, 32), 1e30f, -1e30f);
    Node sum = g.apply(ADD, scores, g.reshape(absence, 1, 8192));
    Node best = g.apply(new TopK(16), sum);
    assertEquals(1, launches(Set.of(best), absence, sum, best));
    assertEquals(3, launches(Set.of(best, sum), absence, sum, best));
  }

  private Node attention(Node query, long keys, int blockRows) {
    Node key = g.input("k" + g.build().nodes().size(), DataType.F16, keys, 2, 64);
    Node bound = g.input("b" + g.build().nodes().size(), DataType.I32, 1);
    AttentionPartial op = new AttentionPartial(0.125f, 0, blockRows);
    return blockRows == 0
        ? g.apply(op, query, key, key, bound, bound)
        : g.apply(op, query, key, key, bound, bound, table(keys / blockRows));
  }

  private Node table(long blocks) {
    return g.input("t" + g.build().nodes().size(), DataType.I32, blocks);
  }

  private Node x(long... dims) {
    return g.input("x" + g.build().nodes().size(), DataType.F32, dims);
  }

  /// Launches of nodes as a segment, each value in memory of its own.
  private static int launches(Set<Node> results, Node... nodes) {
    try (CudaDevice device = Emulation.open();
        Buffer buffer = device.allocate(1 << 26)) {
      List<Step> steps = new ArrayList<>();
      for (Node node : nodes) {
        List<Tensor> inputs = node.inputs().stream().map(input -> tensor(input, buffer)).toList();
        steps.add(new Step(node, inputs, tensor(node, buffer)));
      }
      try (CudaExecutable executable = device.compile(new Segment(steps, results))) {
        return executable.commandCount();
      }
    }
  }

  private static Tensor tensor(Node node, Buffer buffer) {
    Node owner = node.viewed();
    Tensor tensor = Tensor.dense(owner.type(), buffer, (owner.id() + 1L) << 21);
    return tensor.view(node.type(), Layout.dense(node.type().shape()));
  }
}
