package org.jgml.cpu;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The threads of one CPU device: they run lists of kernels together with the caller, with a
/// barrier after each kernel.
///
/// Threads wait by spinning for a while, so that a barrier costs well under a microsecond in a run;
/// between runs they park, so that an idle pool costs nothing. One list runs at a time.
final class WorkerPool implements AutoCloseable {
  /// Some 50 µs: longer than what usually lies between two runs of a decode loop.
  private static final int SPINS_BEFORE_PARKING = 20_000;

  /// In a run the others are about to arrive, unless the machine has fewer free cores than threads.
  private static final int SPINS_BEFORE_YIELDING = 2_000;

  private static final BooleanSupplier NEVER = () -> false;

  private final Worker[] workers;

  /// Whether there is a processor for each thread: if not, who spins keeps another from arriving.
  private final boolean spins;

  /// Arrivals at barriers since the pool began; a barrier opens when all of its own have been
  /// added.
  private final AtomicLong arrivals = new AtomicLong();

  private volatile long runs;
  private volatile boolean closed;
  private Program current;
  private long arrivalsBefore;

  /// A pool of `count` threads, the caller's included.
  WorkerPool(String name, int count) {
    workers = new Worker[count - 1];
    spins = count <= Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].thread.setName(name + "-worker-" + (i + 1));
      workers[i].thread.start();
    }
  }

  /// The number of threads, the caller's included; workers are numbered from 0, the caller.
  int count() {
    return workers.length + 1;
  }

  /// Runs every kernel of a program in order; the caller works too. Allocates nothing.
  void run(Program program) {
    run(program, NEVER);
  }

  /// The same, unless it is cancelled.
  ///
  /// @param cancelled asked before each part of a kernel
  /// @throws CancellationException if it was cancelled before the last part began
  synchronized void run(Program program, BooleanSupplier cancelled) {
    program.begin(cancelled);
    if (workers.length == 0) {
      program.work(0, this);
    } else {
      current = program;
      arrivalsBefore = arrivals.get();
      runs++;
      for (Worker worker : workers) {
        worker.wake();
      }
      program.work(0, this);
    }
    program.end();
  }

  /// Waits until every thread has finished kernel number `index` of the current run.
  private void barrier(int index) {
    if (workers.length == 0) {
      return;
    }
    long all = arrivalsBefore + (index + 1L) * count();
    int waited = 0;
    if (arrivals.incrementAndGet() < all) {
      while (arrivals.get() < all) {
        if (spins && ++waited < SPINS_BEFORE_YIELDING) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }
  }

  /// Ends the threads, which must be idle.
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker.thread);
    }
  }

  /// A list of kernels with what the threads share while they run it.
  static final class Program {
    private final Kernel[] kernels;
    private final AtomicIntegerArray claimed;
    private BooleanSupplier cancelled;
    private volatile Throwable failure;

    Program(List<Kernel> kernels) {
      this.kernels = kernels.toArray(Kernel[]::new);
      this.claimed = new AtomicIntegerArray(this.kernels.length);
    }

    private void begin(BooleanSupplier cancelled) {
      this.cancelled = cancelled;
      failure = null;
      for (int i = 0; i < kernels.length; i++) {
        claimed.setPlain(i, 0);
      }
    }

    private void work(int worker, WorkerPool pool) {
      for (int i = 0; i < kernels.length; i++) {
        runParts(i, worker);
        pool.barrier(i);
      }
    }

    private void runParts(int index, int worker) {
      try {
        Kernel kernel = kernels[index];
        int parts = kernel.parts();
        if (parts == 1 && worker > 0) {
          // What cannot be shared stays with the caller, whose cache has what it did before.
          return;
        }
        int part = claimed.getAndIncrement(index);
        while (part < parts && failure == null) {
          if (cancelled.getAsBoolean()) {
            throw new CancellationException();
          }
          kernel.run(part, worker);
          part = claimed.getAndIncrement(index);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    private void end() {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }

  private final class Worker implements Runnable {
    private final int index;
    private final Thread thread;
    private final AtomicBoolean parked = new AtomicBoolean();

    Worker(int index) {
      this.index = index;
      this.thread = Thread.ofPlatform().daemon().unstarted(this);
    }

    @Override
    public void run() {
      long seen = 0;
      while (awaitRunAfter(seen)) {
        seen++;
        current.work(index, WorkerPool.this);
      }
    }

    /// Waits for the next run; false if the pool was closed.
    private boolean awaitRunAfter(long seen) {
      int waited = 0;
      while (runs == seen) {
        if (closed) {
          return false;
        }
        if (spins && ++waited < SPINS_BEFORE_PARKING) {
          Thread.onSpinWait();
        } else {
          park(seen);
        }
      }
      return true;
    }

    private void park(long seen) {
      parked.set(true);
      if (runs == seen && !closed) {
        LockSupport.park(WorkerPool.this);
      }
      parked.set(false);
    }

    void wake() {
      if (parked.get()) {
        LockSupport.unpark(thread);
      }
    }
  }
}
