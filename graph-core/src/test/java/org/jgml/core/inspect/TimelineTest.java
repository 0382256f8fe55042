package org.jgml.core.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Copy;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Weights;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TimelineTest {
  private static Timeline timeline() {
    return SmallDecoder.inspection().timeline(new ReferenceDevice());
  }

  @Test
  void everyNodeHasATimeAndACost() {
    Timeline timeline = timeline();
    assertEquals(9, timeline.entries().size());
    for (Timeline.Entry entry : timeline.entries()) {
      assertTrue(entry.nanos() > 0, entry.toString());
      assertTrue(entry.cost().bytes() > 0, entry.toString());
    }
  }

  @Test
  void theJsonHasOneCompleteEventANode() {
    String json = timeline().json();
    assertTrue(json.startsWith("{\"displayTimeUnit\": \"ms\", \"traceEvents\": ["), json);
    assertTrue(json.endsWith("}}\n]}\n"), json);
    assertEquals(9, json.lines().filter(line -> line.startsWith("{\"ph\": \"X\"")).count(), json);
    assertTrue(json.contains("\"name\": \"blk.0.attention\", \"cat\": \"attention\""), json);
    assertTrue(json.contains("\"args\": {\"name\": \"reference\"}"), json);
    assertTrue(json.contains("\"source\": \"SmallDecoder.java:39\""), json);
  }

  @Test
  void namesMayHoldAnything() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 3);
    Graph graph = g.build(g.named("a \"b\" \\ c\nd").apply(new Copy(), x));
    Timeline timeline =
        new Inspection(
                graph, new LoadedWeights(Weights.none()), run -> run.write("x", new float[3]))
            .timeline(new ReferenceDevice());
    assertTrue(
        timeline.json().contains("\"name\": \"a \\\"b\\\" \\\\ c\\u000ad\""), timeline.json());
  }

  @Test
  void nodesAreEventsOfFlightRecorder(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("nodes.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("org.jgml.Node").withoutThreshold();
      recording.start();
      timeline();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals("org.jgml.Node"))
            .toList();
    assertEquals(9, events.size());
    RecordedEvent last = events.getLast();
    assertEquals("y", last.getString("node"));
    assertEquals("matmul", last.getString("op"));
    assertTrue(last.getString("sourceLine").startsWith("SmallDecoder.java:"), last.toString());
    assertEquals("reference", last.getString("device"));
    assertTrue(last.getLong("flops") > 0);
  }

  @Test
  void theSummaryAddsUpByOp() {
    OpSummary summary = timeline().summary();
    OpSummary.Line matmul =
        summary.lines().stream().filter(line -> line.op().equals("matmul")).findFirst().get();
    assertEquals(3, matmul.nodes());
    assertEquals(summary.totalNanos(), summary.lines().stream().mapToLong(l -> l.nanos()).sum());
    MachineLimit limit = MachineLimit.measure();
    assertTrue(limit.bytesPerSecond() > 1e8, limit.toString());
    assertTrue(limit.flopsPerSecond() > 1e8, limit.toString());
    assertTrue(matmul.shareOf(limit) > 0);
    assertTrue(summary.table(limit).contains("of limit"), summary.table(limit));
  }
}
