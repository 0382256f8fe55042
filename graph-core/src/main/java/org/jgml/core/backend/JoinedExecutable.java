package org.jgml.core.backend;

import java.util.List;
import java.util.function.BooleanSupplier;

/// Executables of one device, run in order.
record JoinedExecutable(List<Executable> parts) implements Executable {
  @Override
  public void run() {
    parts.forEach(Executable::run);
  }

  @Override
  public void run(BooleanSupplier cancelled) {
    parts.forEach(part -> part.run(cancelled));
  }

  @Override
  public void check() {
    parts.forEach(Executable::check);
  }

  @Override
  public void close() {
    parts.forEach(Executable::close);
  }
}
