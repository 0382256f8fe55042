package org.jgml.core.inspect;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A node that ran, as Java Flight Recorder shows it; its duration is the event's.
@Name("org.jgml.Node")
@Label("Graph node")
@Category("JGML")
@StackTrace(false)
final class NodeEvent extends Event {
  @Label("Node")
  String node;

  @Label("Op")
  String op;

  @Label("Source line")
  String sourceLine;

  @Label("Device")
  String device;

  @Label("Bytes")
  @DataAmount
  long bytes;

  @Label("Floating-point operations")
  long flops;
}
