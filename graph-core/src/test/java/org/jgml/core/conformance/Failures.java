package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

/// The cases that failed, with what is wrong.
final class Failures implements ConformanceSuite.Listener {
  private static final int MOST_PRINTED = 20;

  private final List<String> found = new ArrayList<>();

  @Override
  public void finished(String name, Outcome outcome) {
    if (outcome instanceof Outcome.Failed(String problem)) {
      found.add(name + ": " + problem);
    }
  }

  void requireNone(long seed) {
    String shown = String.join("\n", found.subList(0, Math.min(MOST_PRINTED, found.size())));
    assertEquals(0, found.size(), () -> "seed " + seed + "\n" + shown);
  }
}
