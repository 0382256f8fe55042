package org.jgml.core.runtime;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;

/// Compiles every step as a segment of its own and shows it to an observer, once the device has
/// done it.
final class ObservedSplits implements SplitCompiler {
  private final Observer observer;
  private int steps;

  ObservedSplits(Observer observer) {
    this.observer = observer;
  }

  @Override
  public Executable compile(Device device, Segment split) {
    List<Watched> nodes = new ArrayList<>();
    for (Step step : split.steps()) {
      ObservedNode node = new ObservedNode(steps++, device, step);
      nodes.add(new Watched(node, device.compile(new Segment(List.of(step))), observer));
    }
    return new OneByOne(nodes);
  }

  private record Watched(ObservedNode node, Executable executable, Observer observer) {
    void run() {
      if (observer.isFinished()) {
        return;
      }
      observer.before(node);
      // What the device still does for others is no time of this node.
      node.device().synchronise();
      long start = System.nanoTime();
      executable.run();
      node.device().synchronise();
      long nanos = System.nanoTime() - start;
      executable.check();
      observer.after(node, nanos);
    }
  }

  private record OneByOne(List<Watched> nodes) implements Executable {
    @Override
    public void run() {
      nodes.forEach(Watched::run);
    }

    @Override
    public void close() {
      nodes.forEach(node -> node.executable().close());
    }
  }

  /// Tells an observer that a run begins.
  record Beginning(ObservedRun start, Observer observer) implements Executable {
    @Override
    public void run() {
      observer.begin(start);
    }

    @Override
    public void close() {}
  }
}
