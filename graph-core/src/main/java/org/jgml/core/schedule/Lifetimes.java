package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Constant;
import org.jgml.core.op.Input;
import org.jgml.core.op.Op;

/// When each value needs memory on each device, in steps of the whole schedule.
final class Lifetimes {
  private final Layouts layouts;
  private final ValueHomes homes;
  private final Map<Device, Map<Node, Integer>> first = new HashMap<>();
  private final Map<Device, Map<Node, Integer>> last = new HashMap<>();

  private Lifetimes(Layouts layouts, ValueHomes homes) {
    this.layouts = layouts;
    this.homes = homes;
  }

  /// For each device the values of its arena, ordered by their first step.
  ///
  /// @param wanted nodes whose values outlive a run: the outputs, and those that are retained
  /// @param main the device that holds given values which only the user reads
  static Map<Device, List<Lifetime>> of(
      List<Node> wanted, List<Split> splits, Layouts layouts, ValueHomes homes, Device main) {
    Lifetimes lifetimes = new Lifetimes(layouts, homes);
    int step = 0;
    for (Split split : splits) {
      step = lifetimes.walk(split, step);
    }
    for (Node output : wanted) {
      Node owner = layouts.owner(output);
      if (isGiven(owner)) {
        lifetimes.begin(main, owner, -1);
      }
      Device home = homes.home(owner).orElse(main);
      lifetimes.use(home, owner, Integer.MAX_VALUE);
    }
    return lifetimes.collect();
  }

  private static boolean isGiven(Node owner) {
    return owner.op() instanceof Input || owner.op() instanceof Constant;
  }

  private int walk(Split split, int firstStep) {
    int step = firstStep;
    for (Node owner : split.imports()) {
      begin(split.device(), owner, step);
      homes.home(owner).ifPresent(home -> use(home, owner, firstStep));
    }
    for (Node node : split.nodes()) {
      for (Node input : node.inputs()) {
        Node owner = layouts.owner(input);
        if (isGiven(owner)) {
          begin(split.device(), owner, -1);
        }
        use(split.device(), owner, isGiven(owner) ? Integer.MAX_VALUE : step);
      }
      Node owner = layouts.owner(node);
      if (owner.op() instanceof Op.Executed) {
        begin(split.device(), owner, step);
        use(split.device(), owner, step);
      }
      step++;
    }
    return step;
  }

  private void begin(Device device, Node owner, int step) {
    first.computeIfAbsent(device, _ -> new LinkedHashMap<>()).putIfAbsent(owner, step);
  }

  private void use(Device device, Node owner, int step) {
    last.computeIfAbsent(device, _ -> new HashMap<>()).merge(owner, step, Math::max);
  }

  private Map<Device, List<Lifetime>> collect() {
    Map<Device, List<Lifetime>> result = new LinkedHashMap<>();
    first.forEach((device, begins) -> {
      List<Lifetime> values = new ArrayList<>();
      begins.forEach((owner, step) -> {
        int end = last.get(device).getOrDefault(owner, step);
        boolean isComputed = homes.home(owner).filter(home -> home == device).isPresent();
        values.add(new Lifetime(owner, owner.type().bytes(), step, end, isComputed));
      });
      values.sort((a, b) -> Integer.compare(a.first(), b.first()));
      result.put(device, values);
    });
    return result;
  }
}
