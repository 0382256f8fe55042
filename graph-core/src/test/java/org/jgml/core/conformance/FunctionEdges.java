package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Input;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.Op;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Functions of one element on numbers of every size that F32 has, the same for all backends, whose
/// kernels say the same in several languages.
final class FunctionEdges {
  private FunctionEdges() {}

  /// What a device makes of them is wrong, in words, one for each function that it has a kernel
  /// for.
  static List<String> problems(Device device) {
    Stream<Op.Compute> functions =
        Stream.of(
            new Clamp(-0.5f, 0.75f),
            new Clamp(-2, Float.POSITIVE_INFINITY),
            new LeakyRelu(0.1f),
            new Xielu(0.6f, 0.3f, 0.5f, -1e-6f));
    return Stream.of(
            Stream.of(Unary.Kind.values()).map(Unary::new),
            Stream.of(Glu.Kind.values()).map(Glu::new),
            functions)
        .flatMap(ops -> ops)
        .map(op -> problem(device, op))
        .filter(problem -> !problem.isEmpty())
        .toList();
  }

  /// What else than the first operand a function has is 1.
  private static String problem(Device device, Op.Compute op) {
    float[] numbers = numbers();
    float[] ones = new float[numbers.length];
    Arrays.fill(ones, 1);
    TensorType type = TensorType.of(DataType.F32, numbers.length);
    GraphBuilder g = new GraphBuilder();
    int count = op.operandNames().size();
    Node[] inputs = new Node[count];
    Arrays.setAll(inputs, _ -> g.apply(new Input(type)));
    Node node = g.apply(op, inputs);
    if (!device.supports(node).supported()) {
      return "";
    }
    MemorySegment result = MemorySegment.ofArray(new byte[(int) type.bytes()]);
    try (Buffer x = device.load(MemorySegment.ofArray(numbers));
        Buffer one = device.load(MemorySegment.ofArray(ones));
        Buffer y = device.allocate(type.bytes())) {
      List<Tensor> operands =
          Stream.of(x, one).limit(count).map(bytes -> Tensor.dense(type, bytes, 0)).toList();
      Step step = new Step(node, operands, Tensor.dense(type, y, 0));
      try (Executable executable = device.compile(new Segment(List.of(step)))) {
        executable.run();
      }
      y.download(0, result);
    }
    List<Arguments.Values> values =
        Stream.of(numbers, ones).limit(count).map(each -> exact(type, each)).toList();
    Arguments arguments = new Arguments(op, values);
    Tensor made = Tensor.dense(type, HostBuffer.over(result), 0);
    String problem = ResultCheck.of(device, node, arguments, 1).difference(made);
    return problem.isEmpty() ? "" : describe(op, problem, numbers, arguments, made);
  }

  private static Arguments.Values exact(TensorType type, float... numbers) {
    double[] exact = new double[numbers.length];
    Arrays.setAll(exact, i -> numbers[i]);
    return new Arguments.Values(type.shape(), exact);
  }

  private static String describe(
      Op.Compute op, String problem, float[] numbers, Arguments arguments, Tensor made) {
    double[] exact = op.evaluate(arguments, made.type());
    double[] actual = Elements.read(made);
    List<String> some = new ArrayList<>();
    for (int i = 0; i < numbers.length && some.size() < 4; i++) {
      if (Math.abs(actual[i] - exact[i]) > 1e-5 * Math.abs(exact[i]) || Double.isNaN(actual[i])) {
        some.add("%s of %s is %s".formatted(op.name(), numbers[i], actual[i]));
      }
    }
    return "%s: %s; %s".formatted(op.name(), problem, String.join(", ", some));
  }

  /// Numbers of both signs: every third power of two with something beside it, and what is special.
  private static float[] numbers() {
    List<Float> numbers =
        new ArrayList<>(
            List.of(0f, 0.5f, 1f, 1.5f, 2.5f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN));
    numbers.add(Float.POSITIVE_INFINITY);
    for (int exponent = Float.MIN_EXPONENT; exponent <= Float.MAX_EXPONENT; exponent += 3) {
      numbers.add(Math.scalb(1.3f, exponent));
    }
    float[] both = new float[2 * numbers.size()];
    for (int i = 0; i < numbers.size(); i++) {
      both[2 * i] = numbers.get(i);
      both[2 * i + 1] = -numbers.get(i);
    }
    return both;
  }
}
