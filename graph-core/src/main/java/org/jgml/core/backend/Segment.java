package org.jgml.core.backend;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jgml.core.graph.Node;

/// Steps that one device runs in order, without a stop between them.
///
/// @param results the nodes whose values are read afterwards; where those of others would lie need
///   not be written
public record Segment(List<Step> steps, Set<Node> results) {
  public Segment {
    steps = List.copyOf(steps);
    results = Set.copyOf(results);
  }

  /// Steps whose values are all read afterwards.
  public Segment(List<Step> steps) {
    this(steps, steps.stream().map(Step::node).collect(Collectors.toSet()));
  }

  /// Refuses steps that a device has no kernel for. The scheduler gives it none; others may.
  ///
  /// @throws DeviceException naming the first
  public void requireKernels(Device device) {
    for (Step step : steps) {
      Verdict verdict = device.supports(step.node());
      if (!verdict.supported()) {
        throw new DeviceException(
            "%s: %s cannot run it: %s. Fix: place it on another device."
                .formatted(step.node(), device.name(), verdict.reason()));
      }
    }
  }

  /// The steps, in order, those together that one kernel can make.
  ///
  /// @param taken whether the device has a kernel for steps that could be fused; asked for nothing
  ///   else
  public List<Fusion> fusions(Predicate<Fusion> taken) {
    return new FusionSearch(this, taken).fusions();
  }
}
