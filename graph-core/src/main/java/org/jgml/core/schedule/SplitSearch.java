package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/// The fewest splits in which nodes can run, each node on one of the devices that it may run on.
///
/// A device that has its turn runs all it can: what runs earlier never costs a split later, so only
/// the order of the turns is searched. For one and two devices, and as long as no more than
/// [#BREADTH] orders are alive, the result is the least there is.
final class SplitSearch {
  /// Orders of turns that are followed at the same time.
  static final int BREADTH = 64;

  private final int nodes;
  private final List<BitSet> allowed;
  private final Dependencies dependencies;
  private final BitSet calls;
  private final int devices;

  /// One turn of a device: the nodes that it runs, by place.
  record Turn(int device, List<Integer> nodes) {}

  /// Turns so far.
  private record Path(Path before, Turn turn, BitSet done) {
    List<Turn> turns() {
      List<Turn> turns = before == null ? new ArrayList<>() : before.turns();
      if (turn != null) {
        turns.add(turn);
      }
      return turns;
    }
  }

  /// @param allowed for each node the devices it may run on
  /// @param calls the nodes that have a turn of their own
  SplitSearch(List<BitSet> allowed, Dependencies dependencies, BitSet calls, int devices) {
    this.nodes = allowed.size();
    this.allowed = allowed;
    this.dependencies = dependencies;
    this.calls = calls;
    this.devices = devices;
  }

  /// The turns, in order; of equally many the ones of least cost.
  List<Turn> best(ToLongFunction<List<Turn>> cost) {
    List<Path> level = List.of(new Path(null, null, new BitSet()));
    while (level.stream().noneMatch(this::isComplete)) {
      level = next(level);
    }
    List<List<Turn>> complete = level.stream().filter(this::isComplete).map(Path::turns).toList();
    return complete.size() == 1
        ? complete.getFirst()
        : complete.stream().min(Comparator.comparingLong(cost)).orElseThrow();
  }

  private boolean isComplete(Path path) {
    return path.done().cardinality() == nodes;
  }

  private List<Path> next(List<Path> level) {
    List<Path> found = new ArrayList<>();
    for (Path path : level) {
      for (int device = 0; device < devices; device++) {
        Path longer = extend(path, device);
        if (longer != null && found.stream().noneMatch(other -> isBetter(other, longer))) {
          found.removeIf(other -> isBetter(longer, other));
          found.add(longer);
        }
      }
    }
    found.sort((a, b) -> Integer.compare(b.done().cardinality(), a.done().cardinality()));
    return found.subList(0, Math.min(BREADTH, found.size()));
  }

  /// Whether a path can do all that another can still do, and more.
  private static boolean isBetter(Path path, Path other) {
    if (path.turn().device() != other.turn().device()) {
      return false;
    }
    BitSet missing = (BitSet) other.done().clone();
    missing.andNot(path.done());
    return missing.isEmpty();
  }

  /// A turn of this device, or null if it has nothing to do.
  private Path extend(Path path, int device) {
    BitSet done = (BitSet) path.done().clone();
    List<Integer> turn = new ArrayList<>();
    for (int node = done.nextClearBit(0); node < nodes; node = done.nextClearBit(node + 1)) {
      if (allowed.get(node).get(device) && dependencies.isReady(node, done)) {
        if (calls.get(node) && !turn.isEmpty()) {
          break;
        }
        done.set(node);
        turn.add(node);
        if (calls.get(node)) {
          break;
        }
      }
    }
    return turn.isEmpty() ? null : new Path(path, new Turn(device, turn), done);
  }
}
