package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;

/// Runs cases on a device, several at a time.
///
/// @param source opens the device to test
/// @param workers cases that are worked on at the same time
/// @param threads threads of the devices that must agree, a device each
public record ConformanceSuite(DeviceSource source, int workers, List<Integer> threads) {
  /// One, an even number, and more than small machines have.
  private static final List<Integer> THREADS = List.of(1, 2, 5);

  /// Takes each outcome as soon as it is there; called by one thread at a time.
  @FunctionalInterface
  public interface Listener {
    /// @param name the name of the case, from which it can be run again
    void finished(String name, Outcome outcome);
  }

  /// A suite over devices of several numbers of threads.
  public ConformanceSuite(DeviceSource source, int workers) {
    this(source, workers, THREADS);
  }

  /// A suite that uses every processor.
  public static ConformanceSuite of(DeviceSource source) {
    return new ConformanceSuite(source, Runtime.getRuntime().availableProcessors());
  }

  /// Runs cases; returns when all are done.
  public void run(List<ConformanceCase> cases, Listener listener) {
    List<Device> devices = new ArrayList<>();
    try {
      open(devices);
      CaseRunner runner = new CaseRunner(devices);
      AtomicInteger next = new AtomicInteger();
      inParallel(() -> {
        for (int i = next.getAndIncrement(); i < cases.size(); i = next.getAndIncrement()) {
          Outcome outcome = runner.run(cases.get(i));
          synchronized (listener) {
            listener.finished(cases.get(i).name(), outcome);
          }
        }
      });
    } finally {
      devices.forEach(Device::close);
    }
  }

  /// Runs whole graphs; returns when all are done. A graph that fails is made smaller first, so its
  /// name is another.
  public void runGraphs(List<GraphCase> graphs, Listener listener) {
    AtomicInteger next = new AtomicInteger();
    inParallel(() -> {
      try (Device device = source.open(new DeviceOptions(threads.getFirst(), false));
          Device twin = source.open(new DeviceOptions(threads.getLast(), false))) {
        GraphRunner runner = new GraphRunner(device, twin);
        for (int i = next.getAndIncrement(); i < graphs.size(); i = next.getAndIncrement()) {
          GraphRunner.Finding finding = runner.run(graphs.get(i));
          synchronized (listener) {
            listener.finished(finding.graph().name(), finding.outcome());
          }
        }
      }
    });
  }

  /// A device of each number of threads; one, if it has no threads to choose.
  private void open(List<Device> devices) {
    for (int count : threads) {
      devices.add(source.open(new DeviceOptions(count, false)));
      if (!devices.getFirst().facts().containsKey("threads")) {
        return;
      }
    }
  }

  /// Runs work in every worker; what one of them throws is thrown when all have ended.
  private void inParallel(Runnable work) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable guarded =
        () -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i < workers; i++) {
      threads.add(Thread.ofPlatform().daemon().start(guarded));
    }
    guarded.run();
    join(threads);
    switch (failure.get()) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private static void join(List<Thread> threads) {
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
