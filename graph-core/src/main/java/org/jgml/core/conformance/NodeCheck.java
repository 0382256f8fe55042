package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Op;
import org.jgml.core.reference.Elements;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;

/// Holds each node of a graph that runs against its definition, evaluated on the operands that the
/// device read: a node that is wrong is found itself, and not by what follows from it.
final class NodeCheck implements Observer {
  private Arguments arguments;
  private String problem = "";

  /// The first node that is wrong, in words; empty if none is.
  String problem() {
    return problem;
  }

  /// Operands are read before the node runs, since it may overwrite one.
  @Override
  public void before(ObservedNode node) {
    boolean isKnown = node.device() instanceof ReferenceDevice || !problem.isEmpty();
    List<Tensor> inputs = node.step().inputs();
    arguments =
        isKnown
            ? null
            : new Arguments(node.step().op(), inputs.stream().map(NodeCheck::values).toList());
  }

  @Override
  public void after(ObservedNode node, long nanos) {
    if (arguments == null || !isDefined(node.step().op())) {
      return;
    }
    String difference =
        ResultCheck.of(node.device(), node.step().node(), arguments, node.index())
            .difference(onHost(node.step().output()));
    if (!difference.isEmpty()) {
      problem =
          "'%s' of %s: %s".formatted(node.step().node().name(), node.device().name(), difference);
    }
  }

  private boolean isDefined(Op.Compute op) {
    return op.admitsNonFinite()
        || arguments.values().stream()
            .flatMapToDouble(values -> Arrays.stream(values.elements()))
            .allMatch(Double::isFinite);
  }

  private static Arguments.Values values(Tensor tensor) {
    return new Arguments.Values(tensor.type().shape(), Elements.read(onHost(tensor)));
  }

  /// A dense copy.
  private static Tensor onHost(Tensor tensor) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.type().bytes())]);
    tensor.download(bytes);
    return Tensor.dense(tensor.type(), HostBuffer.over(bytes), 0);
  }
}
