package org.jgml.core.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Argmax;
import org.jgml.core.op.Attention;
import org.jgml.core.op.Binary;
import org.jgml.core.op.GetRows;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Input;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Op;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.Rope;
import org.jgml.core.op.SetRows;
import org.jgml.core.op.TopK;
import org.jgml.core.op.Unary;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The steps that take most of the time of a plan, each kind once, with few and short rows of zeros
/// in memory of its own: run some times before the plan, it makes the virtual machine compile
/// kernels that would else run uncompiled over the whole model.
///
/// Rows of activations stay as many as in the plan, since their number decides which kernel runs.
public final class Rehearsal {
  private static final int LONGEST_ROW = 512;
  private static final int MOST_ROWS = 8;

  /// What kernels differ by.
  private record Kind(Op op, List<DataType> types) {}

  private final GraphBuilder g = new GraphBuilder();
  private final Set<Kind> kinds = new HashSet<>();
  private final List<Node> steps = new ArrayList<>();

  private Rehearsal() {}

  /// Runs the rehearsal of a plan on a device, `times` times.
  public static void run(ExecutionPlan plan, Device device, int times) {
    PlacementPolicy policy = PlacementPolicy.firstThatSupports();
    ExecutionPlan small = ExecutionPlan.of(graph(plan.graph()), List.of(device), policy);
    try (Session session = new Session()) {
      Execution execution = session.execution(small);
      for (int i = 0; i < times; i++) {
        execution.run();
      }
    }
  }

  /// The rehearsal of a graph, which may be empty.
  static Graph graph(Graph whole) {
    Rehearsal rehearsal = new Rehearsal();
    whole.nodes().forEach(rehearsal::take);
    return rehearsal.g.build(rehearsal.steps.toArray(Node[]::new));
  }

  private void take(Node node) {
    List<DataType> types = node.inputs().stream().map(input -> input.type().dataType()).toList();
    if (isRehearsed(node.op()) && kinds.add(new Kind(node.op(), types))) {
      String name = "step." + steps.size();
      Node[] operands = new Node[node.inputs().size()];
      for (int i = 0; i < operands.length; i++) {
        TensorType type = cut(node.op(), i, node.inputs().get(i).type());
        operands[i] = g.named(name + "." + i).apply(new Input(type));
      }
      steps.add(g.named(name).apply(node.op(), operands));
    }
  }

  private static boolean isRehearsed(Op op) {
    return switch (op) {
      case Argmax _, Attention _, Binary _, GetRows _, Glu _, MatMul _ -> true;
      case RmsNorm _, Rope _, SetRows _, TopK _, Unary _ -> true;
      default -> false;
    };
  }

  /// The type of an operand with few rows, where there are as many as weights or tokens kept.
  private static TensorType cut(Op op, int operand, TensorType type) {
    TensorType narrow = cut(type, -1, LONGEST_ROW);
    return switch (op) {
      case MatMul _ when operand == 1 -> cut(narrow, -2, MOST_ROWS);
      case GetRows _, SetRows _ when operand == 0 -> cut(narrow, -2, MOST_ROWS);
      case Attention _ when operand == 1 || operand == 2 -> cut(narrow, -3, MOST_ROWS);
      case Attention attention when attention.operandNames().get(operand).equals("mask") ->
          cut(narrow, -1, MOST_ROWS);
      default -> narrow;
    };
  }

  private static TensorType cut(TensorType type, int axis, long most) {
    Shape shape = type.shape();
    return shape.rank() == 0
        ? type
        : type.withShape(shape.with(axis, Math.min(most, shape.dim(axis))));
  }
}
