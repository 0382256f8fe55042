package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.Op;

/// Which executed nodes must run before which, by their places in graph order: results before their
/// readers, and reads before what overwrites them. A host call stays where it is between all
/// others.
final class Dependencies {
  private final List<BitSet> before = new ArrayList<>();
  private final Map<Node, Integer> places = new HashMap<>();
  private final Map<Node, Access> accesses = new HashMap<>();

  /// Who used an owner's memory so far.
  private static final class Access {
    private int writer = -1;
    private final List<Integer> readers = new ArrayList<>();
  }

  Dependencies(List<Node> executed, Layouts layouts) {
    int lastCall = -1;
    for (int place = 0; place < executed.size(); place++) {
      Node node = executed.get(place);
      places.put(node, place);
      before.add(new BitSet());
      boolean isCall = node.op() instanceof HostCall;
      if (isCall) {
        before.get(place).set(0, place);
      } else if (lastCall >= 0) {
        before.get(place).set(lastCall);
      }
      lastCall = isCall ? place : lastCall;
      addAccesses(place, node, layouts);
    }
  }

  private void addAccesses(int place, Node node, Layouts layouts) {
    for (Node input : node.inputs()) {
      Integer producer = places.get(input.viewed());
      if (producer != null) {
        before.get(place).set(producer);
      }
      Access access = access(layouts.owner(input));
      if (access.writer >= 0) {
        before.get(place).set(access.writer);
      }
    }
    if (overwrites(node)) {
      access(layouts.owner(node)).readers.forEach(before.get(place)::set);
    }
    for (Node input : node.inputs()) {
      access(layouts.owner(input)).readers.add(place);
    }
    if (overwrites(node)) {
      Access access = access(layouts.owner(node));
      access.writer = place;
      access.readers.clear();
    }
  }

  static boolean overwrites(Node node) {
    return node.op() instanceof Op.Compute op && op.overwritesFirstOperand();
  }

  private Access access(Node owner) {
    return accesses.computeIfAbsent(owner, _ -> new Access());
  }

  /// The places of the nodes that must run before this one.
  BitSet before(int place) {
    return before.get(place);
  }

  /// The place of a node that is executed; -1 for others.
  int place(Node node) {
    return places.getOrDefault(node, -1);
  }

  /// Whether all that a node needs has run.
  boolean isReady(int place, BitSet done) {
    BitSet needed = before.get(place);
    for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
      if (!done.get(i)) {
        return false;
      }
    }
    return true;
  }
}
