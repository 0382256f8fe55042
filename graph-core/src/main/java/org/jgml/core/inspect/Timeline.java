package org.jgml.core.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Cost;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;

/// When each node ran and how long it took: as text for chrome://tracing, as events of Java Flight
/// Recorder named `org.jgml.Node`, and summed up by op.
public final class Timeline implements Observer {
  private static final double NANOS_PER_MICRO = 1e3;

  private final List<Entry> entries = new ArrayList<>();
  private final long start = System.nanoTime();
  private NodeEvent event;

  /// A node that ran.
  ///
  /// @param start nanoseconds from the beginning of the timeline
  /// @param cost the least work of it
  public record Entry(Node node, String device, long start, long nanos, Cost cost) {}

  @Override
  public void before(ObservedNode node) {
    event = new NodeEvent();
    event.begin();
  }

  @Override
  public void after(ObservedNode observed, long nanos) {
    event.end();
    Node node = observed.step().node();
    Cost cost = observed.step().op().cost(node.operands(), node.type());
    long now = System.nanoTime() - start;
    entries.add(new Entry(node, observed.device().name(), now - nanos, nanos, cost));
    if (event.shouldCommit()) {
      event.node = node.name();
      event.op = node.op().name();
      event.sourceLine = node.sourceLine();
      event.device = observed.device().name();
      event.bytes = cost.bytes();
      event.flops = cost.flops();
      event.commit();
    }
  }

  /// Every node of every run, in order.
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /// The time of each op.
  public OpSummary summary() {
    return OpSummary.of(entries);
  }

  /// Trace events in JSON, as chrome://tracing and Perfetto read them.
  public String json() {
    List<String> devices = entries.stream().map(Entry::device).distinct().toList();
    StringBuilder json = new StringBuilder("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n");
    for (int i = 0; i < devices.size(); i++) {
      json.append(
          ("{\"ph\": \"M\", \"name\": \"thread_name\", \"pid\": 1, \"tid\": %d,"
                  + " \"args\": {\"name\": %s}},\n")
              .formatted(i, quoted(devices.get(i))));
    }
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      json.append(event(entry, devices.indexOf(entry.device())));
      json.append(i + 1 < entries.size() ? ",\n" : "\n");
    }
    return json.append("]}\n").toString();
  }

  private static String event(Entry entry, int thread) {
    return String.format(
        Locale.ROOT,
        "{\"ph\": \"X\", \"name\": %s, \"cat\": %s, \"pid\": 1, \"tid\": %d, \"ts\": %.3f, \"dur\":"
            + " %.3f, \"args\": {\"type\": %s, \"source\": %s, \"bytes\": %d, \"flops\": %d}}",
        quoted(entry.node().name()),
        quoted(entry.node().op().name()),
        thread,
        entry.start() / NANOS_PER_MICRO,
        entry.nanos() / NANOS_PER_MICRO,
        quoted(entry.node().type().toString()),
        quoted(entry.node().sourceLine()),
        entry.cost().bytes(),
        entry.cost().flops());
  }

  /// A string of JSON (RFC 8259, section 7).
  private static String quoted(String text) {
    return text.chars().mapToObj(Timeline::escaped).collect(Collectors.joining("", "\"", "\""));
  }

  private static String escaped(int character) {
    return switch (character) {
      case '"', '\\' -> "\\" + (char) character;
      default ->
          character < ' ' ? "\\u%04x".formatted(character) : Character.toString((char) character);
    };
  }
}
