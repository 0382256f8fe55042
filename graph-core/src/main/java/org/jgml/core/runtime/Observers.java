package org.jgml.core.runtime;

import java.util.List;
import org.jgml.core.graph.Node;

/// Several observers as one.
record Observers(List<Observer> all) implements Observer {
  @Override
  public boolean retains(Node node) {
    return all.stream().anyMatch(observer -> observer.retains(node));
  }

  @Override
  public boolean isFinished() {
    return !all.isEmpty() && all.stream().allMatch(Observer::isFinished);
  }

  @Override
  public void begin(ObservedRun run) {
    all.forEach(observer -> observer.begin(run));
  }

  @Override
  public void before(ObservedNode node) {
    all.forEach(observer -> observer.before(node));
  }

  @Override
  public void after(ObservedNode node, long nanos) {
    all.forEach(observer -> observer.after(node, nanos));
  }
}
