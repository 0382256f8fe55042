package org.jgml.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerPoolTest {
  private record Parts(int parts, IntConsumer body) implements Kernel {
    @Override
    public void run(int part, int worker) {
      body.accept(part);
    }
  }

  private static WorkerPool.Program program(Kernel... kernels) {
    return new WorkerPool.Program(List.of(kernels));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everyPartRunsOnceInEveryRun(int threads) {
    AtomicIntegerArray counts = new AtomicIntegerArray(17);
    WorkerPool.Program program = program(new Parts(17, counts::incrementAndGet));
    try (WorkerPool pool = new WorkerPool("test", threads)) {
      for (int run = 1; run <= 2_000; run++) {
        pool.run(program);
        for (int part = 0; part < 17; part++) {
          assertEquals(run, counts.get(part));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void aKernelBeginsWhenTheOneBeforeItIsDone(int threads) {
    AtomicInteger done = new AtomicInteger();
    AtomicInteger early = new AtomicInteger();
    Kernel first = new Parts(8, _ -> done.incrementAndGet());
    Kernel second =
        new Parts(
            8,
            _ -> {
              if (done.get() % 8 != 0) {
                early.incrementAndGet();
              }
            });
    try (WorkerPool pool = new WorkerPool("test", threads)) {
      WorkerPool.Program program = program(first, second, first, second);
      IntStream.range(0, 500).forEach(_ -> pool.run(program));
    }
    assertEquals(0, early.get());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anExceptionReachesTheCallerAndThePoolStaysUsable(int threads) {
    IllegalStateException failure = new IllegalStateException("part 5");
    AtomicInteger later = new AtomicInteger();
    Kernel failing =
        new Parts(
            9,
            part -> {
              if (part == 5) {
                throw failure;
              }
            });
    Kernel next = new Parts(3, _ -> later.incrementAndGet());
    try (WorkerPool pool = new WorkerPool("test", threads)) {
      WorkerPool.Program program = program(failing, next);
      for (int run = 0; run < 100; run++) {
        assertSame(failure, assertThrows(IllegalStateException.class, () -> pool.run(program)));
      }
      assertEquals(0, later.get());
      pool.run(program(next));
      assertEquals(3, later.get());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void noKernelBeginsAfterTheRunWasCancelled(int threads) {
    AtomicBoolean cancelled = new AtomicBoolean();
    AtomicInteger later = new AtomicInteger();
    Kernel cancelling = new Parts(1, _ -> cancelled.set(true));
    Kernel next = new Parts(3, _ -> later.incrementAndGet());
    try (WorkerPool pool = new WorkerPool("test", threads)) {
      WorkerPool.Program program = program(cancelling, next);
      assertThrows(CancellationException.class, () -> pool.run(program, cancelled::get));
      assertEquals(0, later.get());
      pool.run(program);
      assertEquals(3, later.get());
    }
  }

  @Test
  void aParkedPoolWakesUp() throws InterruptedException {
    AtomicInteger count = new AtomicInteger();
    try (WorkerPool pool = new WorkerPool("test", 3)) {
      for (int run = 0; run < 5; run++) {
        Thread.sleep(20);
        pool.run(program(new Parts(6, _ -> count.incrementAndGet())));
      }
    }
    assertEquals(30, count.get());
  }

  @Test
  void anEmptyProgramRuns() {
    try (WorkerPool pool = new WorkerPool("test", 2)) {
      pool.run(program());
      pool.run(program(new Parts(0, _ -> {})));
    }
  }
}
