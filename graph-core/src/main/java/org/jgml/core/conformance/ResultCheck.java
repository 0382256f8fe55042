package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Factors;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Op;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.TensorType;

/// Holds a result against its definition.
///
/// @param node an op and the types of its operands and its result
/// @param arguments the operands' values, factors as the device says that it multiplies them
/// @param factors how it multiplies them
/// @param seed what small changes of the operands are drawn from, to see what they cause
record ResultCheck(Node node, Arguments arguments, Factors factors, long seed) {
  /// @param device what made the result
  /// @param arguments the operands' values as they lie in memory
  static ResultCheck of(Device device, Node node, Arguments arguments, long seed) {
    Factors factors = device.factors(node);
    return switch (factors) {
      case EXACT -> new ResultCheck(node, arguments, factors, seed);
      case HALVES -> new ResultCheck(node, HalfFactors.of(arguments, 0), factors, seed);
      case HALVES_BUT_FIRST -> new ResultCheck(node, HalfFactors.of(arguments, 1), factors, seed);
    };
  }

  /// What is wrong with a result, in words; empty if nothing is.
  ///
  /// @param result in host memory
  String difference(Tensor result) {
    double[] exact = ((Op.Compute) node.op()).evaluate(arguments, node.type());
    double[] actual = Elements.read(result);
    if (node.type().dataType().isQuantised()) {
      return blockDifference(exact, actual);
    }
    String problem =
        new Comparison(node.type(), exact, actual, new Tolerance(this, exact)).problem();
    return problem.isEmpty() || factors == Factors.EXACT
        ? problem
        : problem + "; factors " + factors;
  }

  /// Quantised blocks must be those that the format's quantiser makes.
  private String blockDifference(double[] exact, double[] actual) {
    TensorType type = node.type();
    // Quantising what a block holds need not give that block again; copies need not quantise.
    if (Arrays.equals(exact, actual)) {
      return "";
    }
    boolean canQuantise = Format.of(type.dataType()).canQuantise();
    double[] wanted = canQuantise ? quantised(exact) : exact;
    int at = Arrays.mismatch(wanted, actual);
    return at < 0
        ? ""
        : "element %d is %s instead of %s, %s blocks must be equal"
            .formatted(at, actual[at], wanted[at], type.dataType());
  }

  private double[] quantised(double[] exact) {
    TensorType type = node.type();
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes())]);
    Tensor blocks = Tensor.dense(type, HostBuffer.over(bytes), 0);
    Elements.write(blocks, exact);
    return Elements.read(blocks);
  }
}
