package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.MatMulId;
import org.jgml.core.op.Op;
import org.jgml.core.op.State;
import org.jgml.core.op.Weight;

/// Nodes that belong on one device, with the rule that says so: those that read a weight which has
/// a home, those that use a state, and those that overwrite memory of one another.
final class Pins {
  /// The device of a node, by its place in the order of priority.
  ///
  /// @param wished where it would be if every device had every kernel
  record Pin(int device, int wished, String reason) {
    Pin(int device, String reason) {
      this(device, device, reason);
    }
  }

  private final List<Node> executed;
  private final Layouts layouts;
  private final List<Device> devices;
  private final PlacementPolicy policy;
  private final Dependencies dependencies;
  private final SupportTable support;
  private final BitSet offloaded = new BitSet();
  private final Pin[] pins;

  Pins(
      List<Node> executed,
      Layouts layouts,
      List<Device> devices,
      PlacementPolicy policy,
      Dependencies dependencies,
      SupportTable support) {
    this.executed = executed;
    this.layouts = layouts;
    this.devices = devices;
    this.policy = policy;
    this.dependencies = dependencies;
    this.support = support;
    this.pins = new Pin[executed.size()];
  }

  /// The pin of each executed node; null for those that may run anywhere.
  Pin[] find() {
    for (int place = 0; place < pins.length; place++) {
      pins[place] = byWeight(place);
    }
    users().forEach(this::keepTogether);
    return pins;
  }

  /// Nodes for which a weight is copied to their device in each run.
  BitSet offloaded() {
    return offloaded;
  }

  private Pin byWeight(int place) {
    Node node = executed.get(place);
    for (Node input : node.inputs()) {
      Node owner = layouts.owner(input);
      Optional<Wish> wish =
          owner.op() instanceof Weight ? policy.homes().of(owner, devices) : Optional.empty();
      if (wish.isPresent()) {
        if (isOffloaded(place, wish.get())) {
          offloaded.set(place);
          return new Pin(0, "%,d rows are worth a copy of its weight".formatted(rows(node)));
        }
        return pin(wish.get(), "its weight '" + owner.name() + "' is there");
      }
    }
    return null;
  }

  private boolean isOffloaded(int place, Wish wish) {
    Node node = executed.get(place);
    boolean isProduct = node.op() instanceof MatMul || node.op() instanceof MatMulId;
    return isProduct
        && policy.offloadRows() > 0
        && rows(node) >= policy.offloadRows()
        && wish.device() != devices.getFirst()
        && support.supports(0, place);
  }

  private static long rows(Node node) {
    return node.type().shape().rows();
  }

  private Pin pin(Wish wish, String reason) {
    int device = devices.indexOf(wish.device());
    if (device < 0) {
      throw new IllegalArgumentException(
          "%s: is not among the devices of this plan".formatted(wish.device().name()));
    }
    return new Pin(device, "%s (%s)".formatted(reason, wish.reason()));
  }

  /// The nodes that use each state, and those that make and overwrite each other value.
  private Map<Node, List<Integer>> users() {
    Map<Node, List<Integer>> users = new LinkedHashMap<>();
    Map<Node, Boolean> isOverwritten = new HashMap<>();
    for (Node node : executed) {
      if (Dependencies.overwrites(node)) {
        isOverwritten.put(layouts.owner(node), true);
      }
    }
    for (int place = 0; place < pins.length; place++) {
      Node node = executed.get(place);
      Node made = layouts.owner(node);
      if (made.op() instanceof State || isOverwritten.containsKey(made)) {
        add(users, made, place);
      }
      for (Node input : node.inputs()) {
        Node owner = layouts.owner(input);
        if (owner.op() instanceof State && owner != made && node.op() instanceof Op.Compute) {
          add(users, owner, place);
        }
      }
    }
    return users;
  }

  private static void add(Map<Node, List<Integer>> users, Node owner, int place) {
    users.computeIfAbsent(owner, _ -> new ArrayList<>()).add(place);
  }

  /// Gives all users of some memory one device: where the state shall lie, where one of them must
  /// run, or else the device of the nearest pinned node before them.
  private void keepTogether(Node owner, List<Integer> users) {
    boolean isState = owner.op() instanceof State;
    String reason =
        "%s '%s' is there".formatted(isState ? "its state" : "the memory of", owner.name());
    Optional<Wish> wish = isState ? policy.homes().of(owner, devices) : Optional.empty();
    Pin pin = wish.map(found -> pin(found, reason)).orElse(null);
    if (pin == null && users.size() == 1) {
      return;
    }
    for (int user : users) {
      pin = pin == null && pins[user] != null ? new Pin(pins[user].device(), reason) : pin;
    }
    if (pin == null) {
      pin = new Pin(nearestPinned(users.getFirst()), reason);
    }
    Pin common = whereAllCanRun(owner, users, pin, wish.isPresent());
    for (int user : users) {
      pins[user] = pins[user] == null || isWriter(owner, user) ? common : pins[user];
    }
  }

  /// The pin if its device can run all users, or else at least all that write the memory; if not, a
  /// pin on the first device that can.
  private Pin whereAllCanRun(Node owner, List<Integer> users, Pin pin, boolean isWished) {
    List<Integer> writers = users.stream().filter(user -> isWriter(owner, user)).toList();
    BitSet all = common(users);
    BitSet able = all.isEmpty() || isWished ? common(writers) : all;
    if (able.isEmpty()) {
      throw SupportTable.refuse(
          executed.get(writers.getLast()),
          "no device supports all nodes that write '" + owner.name() + "'");
    }
    return able.get(pin.device()) ? pin : new Pin(able.nextSetBit(0), pin.wished(), pin.reason());
  }

  /// The devices that support all of these.
  private BitSet common(List<Integer> users) {
    BitSet common = new BitSet();
    common.set(0, devices.size());
    users.forEach(user -> common.and(support.devices(user)));
    return common;
  }

  private boolean isWriter(Node owner, int user) {
    return layouts.owner(executed.get(user)) == owner;
  }

  private int nearestPinned(int place) {
    BitSet seen = new BitSet();
    BitSet level = dependencies.before(place);
    while (!level.isEmpty()) {
      BitSet next = new BitSet();
      for (int i = level.length() - 1; i >= 0; i = level.previousSetBit(i - 1)) {
        if (pins[i] != null) {
          return pins[i].device();
        }
        next.or(dependencies.before(i));
      }
      seen.or(level);
      next.andNot(seen);
      level = next;
    }
    return 0;
  }
}
