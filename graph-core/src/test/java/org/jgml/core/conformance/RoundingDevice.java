package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Factors;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Op;
import org.jgml.core.reference.Elements;
import org.jgml.core.reference.ReferenceDevice;

/// The reference, but that it rounds the factors of products, and the weights of attention.
///
/// @param says what it says of that
/// @param factor what becomes of a factor
/// @param weightError what a weight is off at most, as a share of itself
record RoundingDevice(Device device, Factors says, DoubleUnaryOperator factor, double weightError)
    implements ForwardingDevice {
  RoundingDevice(Factors says, DoubleUnaryOperator factor, double weightError) {
    this(new ReferenceDevice("rounding"), says, factor, weightError);
  }

  @Override
  public Factors factors(Node node) {
    return ((Op.Compute) node.op()).factors().isEmpty() ? Factors.EXACT : says;
  }

  @Override
  public Executable compile(Segment segment) {
    return new Executable() {
      @Override
      public void run() {
        segment.steps().forEach(RoundingDevice.this::run);
      }

      @Override
      public void close() {}
    };
  }

  private void run(Step step) {
    if (step.op().factors().isEmpty()) {
      FaultyKernels.run(device, step);
      return;
    }
    List<Arguments.Values> values = new ArrayList<>();
    for (int i = 0; i < step.inputs().size(); i++) {
      values.add(new Arguments.Values(step.input(i).type().shape(), Elements.read(step.input(i))));
    }
    int first = says == Factors.HALVES_BUT_FIRST ? 1 : 0;
    step.op().factors().stream()
        .filter(i -> i >= first)
        .forEach(i -> values.set(i, rounded(values.get(i))));
    if (step.op().weightedFactor() >= 0) {
      disturb(values.get(step.op().weightedFactor()));
    }
    Arguments arguments = new Arguments(step.op(), values);
    Elements.write(step.output(), step.op().evaluate(arguments, step.output().type()));
  }

  private Arguments.Values rounded(Arguments.Values values) {
    double[] elements = Arrays.stream(values.elements()).map(factor).toArray();
    return new Arguments.Values(values.shape(), elements);
  }

  /// A row of values that is multiplied by something is a weight that is. Every second one is
  /// larger, the others are smaller.
  private void disturb(Arguments.Values values) {
    double[] elements = values.elements();
    int length = (int) values.shape().rowLength();
    for (int i = 0; i < elements.length; i++) {
      elements[i] *= i / length % 2 == 0 ? 1 + weightError : 1 - weightError;
    }
  }
}
