package org.jgml.core.runtime;

import java.util.List;
import org.jgml.core.graph.Node;

/// Watches executions that run node by node, on the thread that runs them. It sees what devices
/// run, and not the calls of the host between them.
///
/// An observer reads what it is shown and must not write it; then the results are, bit for bit,
/// those of a run that nobody watches.
public interface Observer {
  /// Whether the observer wants to read this node's value after the node that made it; then nothing
  /// else may use its memory. Asked when the execution is planned.
  default boolean retains(Node node) {
    return false;
  }

  /// Inputs are written; nothing has run.
  default void begin(ObservedRun run) {}

  /// Operands are as the node will read them.
  default void before(ObservedNode node) {}

  /// The node has run, and its device has finished with it.
  ///
  /// @param nanos from its start to its end, without its observers; on an asynchronous device with
  ///   the host's wait for it
  default void after(ObservedNode node, long nanos) {}

  /// Whether the observer has seen enough: then the rest of the run is left out, and its results
  /// are void.
  default boolean isFinished() {
    return false;
  }

  /// Shows everything to several observers, in order.
  static Observer all(List<Observer> observers) {
    return new Observers(List.copyOf(observers));
  }
}
