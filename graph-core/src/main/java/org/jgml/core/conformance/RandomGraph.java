package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Cast;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Fill;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.Input;
import org.jgml.core.op.Op;
import org.jgml.core.op.OpTable;
import org.jgml.core.op.Operands;
import org.jgml.core.op.Sample;
import org.jgml.core.op.State;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Weight;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.runtime.Weights;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A graph under construction: each step adds a sample of some op, derived from the specs, whose
/// operands are pieces of earlier results, or inputs, weights, constants and states where the
/// sample asks for values that a result does not have.
///
/// What a step adds is drawn from the seed and the step's number, so that steps can be left out.
final class RandomGraph {
  private static final int MOST_ELEMENTS = 1 << 12;
  private static final int MOST_FLOPS = 1 << 15;
  private static final int LARGEST_CONSTANT = 64;
  private static final List<Sample> SAMPLES = samples();
  private static final List<Idiom> IDIOMS = List.of(Idiom.values());

  private final long seed;
  private final GraphBuilder g = new GraphBuilder();
  private final Map<String, Sample.Operand> sources = new LinkedHashMap<>();
  private final Map<Sample.Operand, Node> operands = new LinkedHashMap<>();
  private final List<Node> results = new ArrayList<>();
  private final List<Node> outputs = new ArrayList<>();
  private Node last;
  private int size;

  RandomGraph(long seed) {
    this.seed = seed;
  }

  /// Samples that the reference is done with soon.
  private static List<Sample> samples() {
    return OpTable.compute().stream()
        .flatMap(spec -> spec.samples().stream())
        .filter(RandomGraph::isSmall)
        .toList();
  }

  private static boolean isSmall(Sample sample) {
    Op.Compute op = (Op.Compute) sample.op();
    List<TensorType> types = sample.operands().stream().map(Sample.Operand::type).toList();
    Operands operands = new Operands(op, "result", types);
    TensorType result = op.infer(operands);
    long elements = types.stream().mapToLong(type -> type.shape().elements()).sum();
    return elements + result.shape().elements() <= MOST_ELEMENTS
        && op.cost(operands, result).flops() <= MOST_FLOPS;
  }

  /// Nodes so far.
  int size() {
    return size;
  }

  /// The graph: its outputs are the last result and some others.
  Graph graph() {
    Set<Node> all = new LinkedHashSet<>(outputs);
    all.add(last);
    return g.build(all.toArray(Node[]::new));
  }

  /// The bytes of weights.
  Weights weights() {
    return name -> Optional.ofNullable(sources.get(name)).map(source -> bytes(name, source));
  }

  /// Writes all inputs and states, so that each run begins alike.
  void begin(Execution execution, Session session) {
    for (Node node : g.build().nodes()) {
      switch (node.op()) {
        case Input _ -> execution.write(node.name(), bytes(node.name(), source(node)));
        case State _ -> {
          Tensor tensor = session.state(node.name());
          tensor.buffer().upload(tensor.start(), bytes(node.name(), source(node)));
        }
        default -> {}
      }
    }
  }

  private Sample.Operand source(Node node) {
    return sources.get(node.name());
  }

  private MemorySegment bytes(String name, Sample.Operand source) {
    SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
    CaseOperand operand = new CaseOperand(source.type(), source.fill(), OperandLayout.DENSE);
    return OperandValues.dense(operand, ValueClass.PLAIN, random).segment();
  }

  /// Adds what step `number` draws.
  void add(int number) {
    SplittableRandom random = new SplittableRandom(seed ^ (long) number << Integer.SIZE);
    Step step = new Step(g.scope("step" + number), random);
    last = step.add();
    size = g.build().nodes().size();
  }

  /// Adds one op and what brings its operands into shape.
  private final class Step implements Idiom.Source {
    private final GraphBuilder scope;
    private final SplittableRandom random;

    Step(GraphBuilder scope, SplittableRandom random) {
      this.scope = scope;
      this.random = random;
    }

    Node add() {
      boolean isOutput = random.nextInt(8) == 0;
      boolean isHostCall = random.nextInt(32) == 0 && !results.isEmpty();
      Node result = isHostCall ? hostCall(anyResult()) : ops();
      keep(result);
      if (isOutput) {
        outputs.add(result);
      }
      return result;
    }

    private Node ops() {
      return random.nextInt(8) == 0
          ? draw(IDIOMS).build(scope, random, this)
          : sample(draw(SAMPLES));
    }

    private <T> T draw(List<T> choices) {
      return choices.get(random.nextInt(choices.size()));
    }

    private Node anyResult() {
      return draw(results);
    }

    /// A function of the user's, in Java.
    private Node hostCall(Node x) {
      return scope.apply(HostCall.of("negated", x.type(), RandomGraph::negate, "x"), x);
    }

    private Node sample(Sample sample) {
      Op.Compute op = (Op.Compute) sample.op();
      Node[] inputs = new Node[sample.operands().size()];
      for (int i = 0; i < inputs.length; i++) {
        Sample.Operand wanted = sample.operands().get(i);
        boolean isOverwritten = i == 0 && op.overwritesFirstOperand();
        inputs[i] = isOverwritten ? destination(op, wanted) : operand(op, wanted, "operand" + i);
      }
      return scope.apply(op, inputs);
    }

    /// What an op overwrites: a state of its own, or a copy that nobody else reads.
    @Override
    public Node destination(Op.Compute op, Sample.Operand wanted) {
      return random.nextBoolean()
          ? named(scope.named("state").apply(new State(wanted.type())), wanted)
          : scope.apply(new Copy(), operand(op, wanted, "destination"));
    }

    @Override
    public Node operand(Op.Compute op, Sample.Operand wanted, String name) {
      Node known = operands.get(wanted);
      if (known != null && random.nextInt(4) == 0) {
        return known;
      }
      boolean isMade =
          op.admitsAnyValues() && isReal(wanted) && !results.isEmpty() && random.nextInt(8) > 0;
      Node made = isMade ? piece(anyResult(), wanted) : source(wanted, name);
      operands.put(wanted, made);
      return made;
    }

    private static boolean isReal(Sample.Operand wanted) {
      DataType type = wanted.type().dataType();
      return type.isFloating() && wanted.fill() instanceof Fill.Uniform;
    }

    private Node source(Sample.Operand wanted, String name) {
      GraphBuilder builder = scope.named(name);
      TensorType type = wanted.type();
      if (type.dataType() == DataType.F32
          && type.shape().elements() <= LARGEST_CONSTANT
          && random.nextBoolean()) {
        return builder.constant(type.shape(), floats(name, wanted));
      }
      boolean isWeight = type.dataType().isQuantised() || random.nextInt(4) == 0;
      return named(builder.apply(isWeight ? new Weight(type) : new Input(type)), wanted);
    }

    private Node named(Node node, Sample.Operand wanted) {
      sources.put(node.name(), wanted);
      return node;
    }

    private float[] floats(String name, Sample.Operand wanted) {
      return bytes(name + results.size(), wanted).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    /// A part of a result, or repetitions of it, in the shape, the range and the type that a sample
    /// wants.
    private Node piece(Node result, Sample.Operand wanted) {
      Shape shape = wanted.type().shape();
      Node run = run(flat(result), shape.elements());
      Node shaped = random.nextInt(3) == 0 ? turned(run, shape) : reshape(run, shape);
      return scope.cast(ranged(shaped, (Fill.Uniform) wanted.fill()), wanted.type().dataType());
    }

    private Node flat(Node x) {
      return reshape(x, Shape.of(x.type().shape().elements()));
    }

    private Node reshape(Node x, Shape shape) {
      return x.type().shape().equals(shape) ? x : scope.reshape(x, shape.dims());
    }

    private Node run(Node flat, long elements) {
      long available = flat.type().shape().elements();
      if (available >= elements) {
        long start = random.nextLong(available - elements + 1);
        return available == elements ? flat : scope.slice(flat, 0, start, elements);
      }
      long times = Math.ceilDiv(elements, available);
      Node repeated = scope.broadcast(scope.reshape(flat, 1, available), times, available);
      return run(flat(repeated), elements);
    }

    /// Stored with its last two axes exchanged.
    private Node turned(Node run, Shape shape) {
      int rank = shape.rank();
      if (rank < 2) {
        return reshape(run, shape);
      }
      long[] dims = shape.dims();
      int[] axes = IntStream.range(0, rank).toArray();
      exchange(dims, axes, rank - 2, rank - 1);
      return scope.permute(scope.reshape(run, dims), axes);
    }

    private static void exchange(long[] dims, int[] axes, int a, int b) {
      long dim = dims[a];
      dims[a] = dims[b];
      dims[b] = dim;
      axes[a] = b;
      axes[b] = a;
    }

    /// Values of any size brought into a range, so that they do not grow from op to op.
    private Node ranged(Node x, Fill.Uniform range) {
      if (range.low() == -1 && range.high() == 1) {
        return scope.unary(Unary.Kind.TANH, x);
      }
      float width = (float) (range.high() - range.low());
      return scope.scale(scope.unary(Unary.Kind.SIGMOID, x), width, (float) range.low());
    }

    /// Lets later steps read a result, as F32.
    private void keep(Node result) {
      DataType type = result.type().dataType();
      if (type == DataType.F32) {
        results.add(result);
      } else if (type != DataType.I64) {
        results.add(scope.apply(new Cast(DataType.F32), result));
      }
    }
  }

  private static void negate(List<MemorySegment> operands, MemorySegment result) {
    float[] values = operands.getFirst().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
    MemorySegment.copy(MemorySegment.ofArray(values), 0, result, 0, result.byteSize());
  }
}
