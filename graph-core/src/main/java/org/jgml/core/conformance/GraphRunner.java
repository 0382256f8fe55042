package org.jgml.core.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.GraphVerifier;
import org.jgml.core.reference.ReferenceDevice;

/// Runs whole graphs in every way in which they can be planned: on one device, on two of a kind,
/// and on one that shares the work with the reference; each as [GraphRun] says.
///
/// Ops that the device has no kernel for fall to the reference, sometimes with neighbours; where
/// the same nodes do, the bits must be the same.
final class GraphRunner {
  private final Device device;
  private final Device twin;
  private final Device reference = new ReferenceDevice();

  /// @param device the device to test
  /// @param twin another of its kind, such as with more threads
  GraphRunner(Device device, Device twin) {
    this.device = device;
    this.twin = twin;
  }

  /// Devices to plan on, in order of priority.
  private record Arrangement(String words, List<Device> devices) {}

  /// What is wrong with a graph.
  ///
  /// @param problem in words; empty if nothing is
  /// @param graph with as few steps as still fail
  record Finding(String problem, GraphCase graph) {
    Outcome outcome() {
      return problem.isEmpty() ? new Outcome.Passed() : new Outcome.Failed(problem);
    }
  }

  /// Runs a graph; one that fails is made as small as it can be.
  Finding run(GraphCase given) {
    String problem = problem(given);
    if (problem.isEmpty()) {
      return new Finding("", given);
    }
    GraphCase smallest = smallest(given, each -> !problem(each).isEmpty());
    return new Finding(problem(smallest), smallest);
  }

  /// Leaves out runs of steps, long ones first, as long as the rest fails.
  static GraphCase smallest(GraphCase failing, Predicate<GraphCase> fails) {
    GraphCase smallest = failing;
    for (int length = failing.steps().size() / 2; length > 0; length /= 2) {
      int from = 0;
      while (from < smallest.steps().size()) {
        int to = Math.min(from + length, smallest.steps().size());
        GraphCase rest = smallest.without(from, to);
        if (!rest.steps().isEmpty() && fails.test(rest)) {
          smallest = rest;
        } else {
          from += length;
        }
      }
    }
    return smallest;
  }

  private String problem(GraphCase given) {
    try {
      RandomGraph random = given.randomGraph();
      GraphVerifier.verify(random.graph());
      GraphRun first = null;
      for (Arrangement arrangement : arrangements(given.seed())) {
        GraphRun run = new GraphRun(random, arrangement.devices());
        boolean mustEqual =
            first != null && run.nodesOn(reference).equals(first.nodesOn(reference));
        boolean isEqual = !mustEqual || equal(run.outputs(), first.outputs());
        String problem = isEqual ? run.problem() : "the bits differ from those on one device";
        if (!problem.isEmpty()) {
          return "on %s: %s".formatted(arrangement.words(), problem);
        }
        first = first == null ? run : first;
      }
      return "";
    } catch (RuntimeException | Error e) {
      return "threw " + e;
    }
  }

  private List<Arrangement> arrangements(long seed) {
    Device some = new PartialDevice(device, seed);
    return List.of(
        new Arrangement("one device", List.of(device, reference)),
        new Arrangement("two devices", List.of(some, twin, reference)),
        new Arrangement("the device and the reference", List.of(some, reference)));
  }

  /// Whether all outputs have the same bits, all NaN being one.
  static boolean equal(List<double[]> outputs, List<double[]> others) {
    return Arrays.deepEquals(outputs.toArray(), others.toArray());
  }
}
