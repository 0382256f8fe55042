package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jgml.core.graph.Graph;

/// A whole graph of random ops: it follows from a seed and the steps that were taken, of which a
/// failure keeps only those that it needs.
///
/// @param steps numbers of the steps of [RandomGraph], ascending
public record GraphCase(long seed, List<Integer> steps) {
  private static final int LEAST_NODES = 5;
  private static final int MOST_NODES = 200;

  /// A step adds a node or more, so steps of more than four digits are of no graph.
  private static final Pattern FORM =
      Pattern.compile(
          "graph seed=(\\d{1,18}) steps=(\\d{1,4}(?:-\\d{1,4})?(?:,\\d{1,4}(?:-\\d{1,4})?)*)");

  public GraphCase {
    steps = List.copyOf(steps);
  }

  /// A graph of 5 to 200 nodes.
  public static GraphCase random(long seed) {
    int size = new SplittableRandom(seed).nextInt(LEAST_NODES, MOST_NODES + 1);
    RandomGraph graph = new RandomGraph(seed);
    int steps = 0;
    int fitting = 1;
    while (graph.size() < size) {
      graph.add(steps++);
      fitting = graph.size() <= MOST_NODES ? steps : fitting;
    }
    return new GraphCase(seed, IntStream.range(0, fitting).boxed().toList());
  }

  /// So many graphs, each drawn anew.
  public static List<GraphCase> random(long seed, int count) {
    SplittableRandom seeds = new SplittableRandom(seed);
    return IntStream.range(0, count)
        .mapToObj(_ -> random(seeds.nextInt(Integer.MAX_VALUE)))
        .toList();
  }

  /// Whether a name is one of a graph, not of an op on its own.
  public static boolean isName(String name) {
    return name.startsWith("graph ");
  }

  /// The case that a name describes.
  ///
  /// @throws IllegalArgumentException if it is none
  public static GraphCase named(String name) {
    Matcher form = FORM.matcher(name.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name of a graph. Fix: quote one as `jgml check` prints it.".formatted(name));
    }
    List<Integer> steps = new ArrayList<>();
    for (String range : form.group(2).split(",")) {
      String[] ends = range.split("-");
      IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
          .forEach(steps::add);
    }
    if (steps.isEmpty() || !isAscending(steps)) {
      throw new IllegalArgumentException(
          "'%s': steps must ascend. Fix: write such as 0-4,9.".formatted(name));
    }
    return new GraphCase(Long.parseLong(form.group(1)), steps);
  }

  private static boolean isAscending(List<Integer> steps) {
    return IntStream.range(1, steps.size()).allMatch(i -> steps.get(i - 1) < steps.get(i));
  }

  /// The name from which [#named] makes the case again: `graph seed=7 steps=0-4,9`.
  public String name() {
    StringBuilder ranges = new StringBuilder();
    for (int i = 0, end; i < steps.size(); i = end) {
      end = i + 1;
      while (end < steps.size() && steps.get(end) == steps.get(end - 1) + 1) {
        end++;
      }
      ranges.append(ranges.isEmpty() ? "" : ",").append(steps.get(i));
      ranges.append(end - i > 1 ? "-" + steps.get(end - 1) : "");
    }
    return "graph seed=%d steps=%s".formatted(seed, ranges);
  }

  /// The graph.
  public Graph graph() {
    return randomGraph().graph();
  }

  RandomGraph randomGraph() {
    RandomGraph graph = new RandomGraph(seed);
    steps.forEach(graph::add);
    return graph;
  }

  /// The same without some of its steps.
  GraphCase without(int from, int to) {
    List<Integer> kept = new ArrayList<>(steps);
    kept.subList(from, to).clear();
    return new GraphCase(seed, kept);
  }

  @Override
  public String toString() {
    return name();
  }
}
