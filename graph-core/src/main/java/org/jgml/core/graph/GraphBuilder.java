package org.jgml.core.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jgml.core.op.Argmax;
import org.jgml.core.op.Band;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Broadcast;
import org.jgml.core.op.Cast;
import org.jgml.core.op.Concat;
import org.jgml.core.op.Constant;
import org.jgml.core.op.Conv;
import org.jgml.core.op.GetRows;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Input;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.MatMulId;
import org.jgml.core.op.Op;
import org.jgml.core.op.Operands;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Permute;
import org.jgml.core.op.Pool;
import org.jgml.core.op.Reshape;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.Scale;
import org.jgml.core.op.SetRows;
import org.jgml.core.op.Slice;
import org.jgml.core.op.Softmax;
import org.jgml.core.op.State;
import org.jgml.core.op.TopK;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Weight;
import org.jgml.core.op.Window;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The way to make a graph: each method checks its operands, adds one node and returns it.
///
/// [#apply] takes any op; the other methods are shorter names for those that models use most. Names
/// come from scopes: `g.scope("blk.3").named("attn_norm")` makes the next node `blk.3.attn_norm`. A
/// wrong call is refused here, with op, node, operands and a fix. Not thread-safe.
@GraphVocabulary
public final class GraphBuilder {
  /// What builders of one graph share.
  private static final class Recording {
    final List<Node> nodes = new ArrayList<>();
    final Map<String, Node> byName = new HashMap<>();
    final Map<String, Integer> unnamed = new HashMap<>();
    final Map<Node, Node> overwrittenBy = new HashMap<>();
    final Map<List<Object>, Node> angles = new HashMap<>();
    boolean tracing;
  }

  private static final String FOREIGN = "' belongs to another graph";
  private static final String ONE_BUILDER = "build each graph with one builder and its scopes";

  private final Recording recording;
  private final String scope;
  private final String nextName;

  public GraphBuilder() {
    this(new Recording(), "", null);
  }

  private GraphBuilder(Recording recording, String scope, String nextName) {
    this.recording = recording;
    this.scope = scope;
    this.nextName = nextName;
  }

  /// Whether nodes remember the source line that built them; dear, for debugging.
  public GraphBuilder trace(boolean on) {
    recording.tracing = on;
    return this;
  }

  /// A builder of the same graph whose nodes' names begin with this scope.
  public GraphBuilder scope(String name) {
    return new GraphBuilder(recording, scope + name + ".", null);
  }

  /// A builder of the same graph whose nodes have this name in its scope.
  public GraphBuilder named(String name) {
    return new GraphBuilder(recording, scope, name);
  }

  /// The graph with every node made so far.
  ///
  /// @throws GraphException if an output belongs to another graph
  public Graph build(Node... outputs) {
    requireOwn(outputs);
    return new Graph(recording.nodes, List.of(outputs));
  }

  /// The graph with only the nodes that the outputs need, renumbered.
  ///
  /// @throws GraphException if an output belongs to another graph
  public Graph buildNeeded(Node... outputs) {
    requireOwn(outputs);
    Set<Node> needed = new HashSet<>(List.of(outputs));
    recording.nodes.reversed().stream()
        .filter(needed::contains)
        .forEach(node -> needed.addAll(node.inputs()));
    GraphBuilder pruned = new GraphBuilder();
    Map<Node, Node> copies = new HashMap<>();
    for (Node node : recording.nodes) {
      if (needed.contains(node)) {
        Node[] inputs = node.inputs().stream().map(copies::get).toArray(Node[]::new);
        copies.put(node, pruned.copy(node, inputs));
      }
    }
    return pruned.build(Stream.of(outputs).map(copies::get).toArray(Node[]::new));
  }

  private void requireOwn(Node... outputs) {
    for (Node output : outputs) {
      output.operands().require(isOwn(output), "'" + output.name() + FOREIGN, ONE_BUILDER);
    }
  }

  private boolean isOwn(Node node) {
    return node.id() < recording.nodes.size() && recording.nodes.get(node.id()) == node;
  }

  /// Adds a node: any op applied to nodes of this graph.
  ///
  /// @throws GraphException if the op refuses the operands, with the source line of the call
  public Node apply(Op op, Node... inputs) {
    try {
      return checked(op, inputs);
    } catch (GraphException refusal) {
      String line = walkToCaller().map(Node::sourceLine).orElse("an unknown line");
      throw new GraphException("%s Built at %s.".formatted(refusal.getMessage(), line), refusal);
    }
  }

  private Node checked(Op op, Node... inputs) {
    String name = nextName == null ? unnamed(op) : scope + nextName;
    requireNoNull(op, name, inputs);
    Operands operands = new Operands(op, name, Stream.of(inputs).map(Node::type).toList());
    checkInputs(operands, inputs);
    Node taken = recording.byName.get(name);
    if (taken != null) {
      operands.require(
          false,
          "the graph has a node of this name already, " + taken,
          "name each node of a scope once");
    }
    return record(name, op, op.infer(operands), caller(), inputs);
  }

  /// Adds a node like one of another graph: same name, op, type and source line, other inputs. For
  /// passes that rewrite graphs.
  public Node copy(Node original, Node... inputs) {
    StackTraceElement caller = original.caller().orElse(null);
    return record(original.name(), original.op(), original.type(), caller, inputs);
  }

  private Node record(
      String name, Op op, TensorType type, StackTraceElement caller, Node... inputs) {
    Node node = new Node(recording.nodes.size(), name, op, List.of(inputs), type, caller);
    recording.nodes.add(node);
    recording.byName.put(name, node);
    if (op instanceof Op.Compute compute && compute.overwritesFirstOperand()) {
      recording.overwrittenBy.put(inputs[0].viewed(), node);
    }
    return node;
  }

  private static void requireNoNull(Op op, String name, Node... inputs) {
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] == null) {
        throw new NullPointerException(
            "%s '%s': operand %d of %s is null".formatted(op.name(), name, i, op.operandNames()));
      }
    }
  }

  private void checkInputs(Operands operands, Node... inputs) {
    for (Node input : inputs) {
      operands.require(isOwn(input), "'" + input.name() + FOREIGN, ONE_BUILDER);
      Node writer = recording.overwrittenBy.get(input.viewed());
      if (writer != null) {
        operands.require(
            false,
            "'%s' was overwritten by '%s'".formatted(input.name(), writer.name()),
            "read the result of '%s'".formatted(writer.name()));
      }
    }
  }

  private String unnamed(Op op) {
    String base = scope + op.name();
    int count = recording.unnamed.merge(base, 1, Integer::sum) - 1;
    return count == 0 ? base : base + "." + count;
  }

  private StackTraceElement caller() {
    return recording.tracing ? walkToCaller().orElse(null) : null;
  }

  private static Optional<StackTraceElement> walkToCaller() {
    return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
        .walk(frames ->
            frames
                .filter(
                    frame -> !frame.getDeclaringClass().isAnnotationPresent(GraphVocabulary.class))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement));
  }

  /// Values that the user writes before each run ([org.jgml.core.runtime.Execution#write]), by a
  /// name in this scope.
  public Node input(String name, DataType type, long... dims) {
    return named(name).apply(new Input(TensorType.of(type, dims)));
  }

  /// A tensor of the model by its full name, whatever the scope; the same node each time it is
  /// asked for.
  public Node weight(String name, TensorType type) {
    return source(name, new Weight(type));
  }

  /// A tensor that lives as long as the session, by its full name, whatever the scope; the same
  /// node each time it is asked for.
  public Node state(String name, TensorType type) {
    return source(name, new State(type));
  }

  private Node source(String name, Op.Source op) {
    Node known = recording.byName.get(name);
    if (known != null && known.op().equals(op)) {
      return known;
    }
    return new GraphBuilder(recording, "", name).apply(op);
  }

  /// F32 values written in the graph, row-major: as many as the shape has elements.
  public Node constant(Shape shape, float... values) {
    return apply(new Constant(shape, values));
  }

  /// The same elements, row-major, under other extents.
  public Node reshape(Node x, long... dims) {
    return apply(new Reshape(Refusal.shape("reshape", x, dims)), x);
  }

  /// Axis `i` of the result is axis `axes[i]` of `x`.
  public Node permute(Node x, int... axes) {
    return apply(Permute.of(axes), x);
  }

  /// `length` indices of an axis from `start` on.
  public Node slice(Node x, int axis, long start, long length) {
    return apply(new Slice(axis, start, length, 1), x);
  }

  /// Axes of extent 1, and axes missing in front, repeated by NumPy's rule.
  public Node broadcast(Node x, long... dims) {
    return apply(new Broadcast(Refusal.shape("broadcast", x, dims)), x);
  }

  /// `a + b`, one of which is broadcast to the other by NumPy's rule; so for the next three.
  public Node add(Node a, Node b) {
    return apply(new Binary(Binary.Kind.ADD), a, b);
  }

  public Node sub(Node a, Node b) {
    return apply(new Binary(Binary.Kind.SUB), a, b);
  }

  public Node mul(Node a, Node b) {
    return apply(new Binary(Binary.Kind.MUL), a, b);
  }

  public Node div(Node a, Node b) {
    return apply(new Binary(Binary.Kind.DIV), a, b);
  }

  /// `factor · x + bias`.
  public Node scale(Node x, float factor, float bias) {
    return apply(new Scale(factor, bias), x);
  }

  /// A function of each element.
  public Node unary(Unary.Kind kind, Node x) {
    return apply(new Unary(kind), x);
  }

  /// A gated activation: `act(gate) · up`.
  public Node glu(Glu.Kind kind, Node gate, Node up) {
    return apply(new Glu(kind), gate, up);
  }

  /// Rows of `x` times rows of `weights`: `[…, m, k]` and `[…, n, k]` give `[…, m, n]`.
  public Node matmul(Node x, Node weights) {
    return apply(new MatMul(), x, weights);
  }

  /// [#matmul] with a matrix chosen for each row: a mixture of experts.
  public Node matmulId(Node x, Node weights, Node ids) {
    return apply(new MatMulId(), x, weights, ids);
  }

  /// Root-mean-square normalisation of rows, times a learned scale.
  public Node rmsNorm(Node x, Node scale, float epsilon) {
    return apply(new RmsNorm(epsilon, true), x, scale);
  }

  /// `exp(x) / sum(exp(x))` of each row.
  public Node softmax(Node x) {
    return apply(new Softmax(1, 0, false, false), x);
  }

  /// Rotary position embedding. Angles of equal positions and parameters are computed once a graph.
  public Node rope(Rope.Style style, Node x, RopeAngles parameters, Node... positionsAndFactors) {
    List<Object> key = new ArrayList<>(List.of(parameters));
    key.addAll(Arrays.asList(positionsAndFactors));
    Node angles = recording.angles.get(key);
    if (angles == null) {
      String name = "rope_angles." + recording.angles.size();
      angles = new GraphBuilder(recording, "", name).apply(parameters, positionsAndFactors);
      recording.angles.put(key, angles);
    }
    return apply(new Rope(style), x, angles);
  }

  /// Rows of a table, `[rows, n]`, as F32: indices `[k]` give `[k, n]`.
  public Node getRows(Node table, Node indices) {
    return apply(new GetRows(), table, indices);
  }

  /// `destination` with rows replaced; read the result instead of `destination` from here on.
  public Node setRows(Node destination, Node rows, Node indices) {
    return apply(new SetRows(), destination, rows, indices);
  }

  /// `b` after `a` along an axis; their other extents are equal.
  public Node concat(int axis, Node a, Node b) {
    return apply(new Concat(axis), a, b);
  }

  /// Convolution: `[batch, channels, …]` with weights `[outputs, channels / groups, kernel…]`, both
  /// of which are cast to F32.
  public Node conv(Node x, Node weights, Window window, int groups) {
    return apply(new Conv(window, groups), cast(x, DataType.F32), cast(weights, DataType.F32));
  }

  /// The maximum or mean of each place of a window.
  public Node pool(Pool.Reduction reduction, Node x, Window window) {
    return apply(new Pool(reduction, window), x);
  }

  /// `x` with more elements around it: `beforeAndAfter` axis by axis.
  public Node pad(Node x, Pad.Mode mode, long... beforeAndAfter) {
    return apply(Pad.of(beforeAndAfter).with(mode), x);
  }

  /// The diagonals `first` to `last` of each matrix, `elsewhere` another value.
  public Node band(Node x, long first, long last, float elsewhere) {
    return apply(new Band(first, last, elsewhere), x);
  }

  /// The elements rounded to another type; `x` itself if it has this type.
  public Node cast(Node x, DataType type) {
    return x.type().dataType() == type ? x : apply(new Cast(type), x);
  }

  /// The index of the largest element of each row.
  public Node argmax(Node x) {
    return apply(new Argmax(), x);
  }

  /// The indices of the `k` largest elements of each row, the largest first.
  public Node topK(Node x, int k) {
    return apply(new TopK(k), x);
  }

  /// The node of this full name.
  ///
  /// @throws IllegalArgumentException if the graph has none
  public Node node(String name) {
    Node node = recording.byName.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node '%s' in this graph".formatted(name));
    }
    return node;
  }
}
