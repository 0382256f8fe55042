package org.jgml.models.cli;

import java.util.Locale;
import org.jgml.models.quantisation.Conversion;
import org.jgml.models.quantisation.QuantisationListener;
import org.jgml.models.quantisation.QuantisationPlan;

/// How far a quantisation is: a bar on a terminal, a line for each tensor elsewhere.
final class QuantizeProgress implements QuantisationListener, AutoCloseable {
  private static final int BAR = 30;

  private final Streams streams;
  private final int tensors;
  private final long elements;
  private final Progress bar;
  private volatile int begun;
  private volatile long done;
  private volatile String name = "";
  private int beginnings;
  private long pending;

  QuantizeProgress(Streams streams, QuantisationPlan plan) {
    this.streams = streams;
    this.tensors = plan.conversions().size();
    this.elements =
        plan.conversions().stream()
            .filter(conversion -> !conversion.isCopy())
            .mapToLong(conversion -> conversion.tensor().shape().elements())
            .sum();
    this.bar = Progress.show(streams, this::text);
  }

  @Override
  public void begins(Conversion conversion) {
    begun = ++beginnings;
    name = conversion.tensor().name();
    if (!streams.errIsTerminal()) {
      String line = "[%4d/%4d] %s".formatted(begun, tensors, QuantizeCommand.describe(conversion));
      streams.note(line);
    }
  }

  @Override
  public void converted(long count) {
    pending += count;
    done = pending;
  }

  private String text() {
    double share = elements == 0 ? 1 : (double) done / elements;
    int filled = (int) Math.round(BAR * share);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %% %d/%d %s",
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        100 * share,
        begun,
        tensors,
        name);
  }

  @Override
  public void close() {
    bar.close();
  }
}
