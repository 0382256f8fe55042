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

  /// The steps, in order, those together that one kernel can make.
  ///
  /// @param taken whether the device has a kernel for steps that could be fused; asked for nothing
  ///   else
  public List<Fusion> fusions(Predicate<Fusion> taken) {
    return new FusionSearch(this, taken).fusions();
  }
}
