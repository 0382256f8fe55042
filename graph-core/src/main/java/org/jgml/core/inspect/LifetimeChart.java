package org.jgml.core.inspect;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.Lifetime;
import org.jgml.core.schedule.MemoryPlan;

/// The arenas of a plan as a picture in SVG: a row for each value, steps from left to right, values
/// that have the same address in the same colour, and the bytes in use at each step above.
public final class LifetimeChart {
  private static final int LABEL_WIDTH = 420;
  private static final int PLOT_WIDTH = 900;
  private static final int ROW_HEIGHT = 14;
  private static final int PEAK_HEIGHT = 80;
  private static final int TITLE_HEIGHT = 24;
  private static final int MARGIN = 8;
  private static final int HUES = 360;

  /// Hues this far apart differ well however many there are: the golden angle.
  private static final int HUE_STEP = 137;

  private final ExecutionPlan plan;
  private final StringBuilder svg = new StringBuilder();
  private final int steps;
  private int top;

  private LifetimeChart(ExecutionPlan plan) {
    this.plan = plan;
    this.steps = Math.max(1, plan.placements().size());
  }

  /// The picture of a plan, one part a device.
  public static String svg(ExecutionPlan plan) {
    LifetimeChart chart = new LifetimeChart(plan);
    plan.devices().forEach(chart::draw);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"
          font-family="monospace" font-size="11">
    <rect width="100%%" height="100%%" fill="white"/>
    %s</svg>
    """
        .formatted(LABEL_WIDTH + PLOT_WIDTH + 2 * MARGIN, chart.top + MARGIN, chart.svg);
  }

  private void draw(Device device) {
    MemoryPlan memory = plan.memory(device);
    List<Lifetime> lifetimes = plan.lifetimes(device);
    long sum = lifetimes.stream().mapToLong(Lifetime::bytes).sum();
    text(
        MARGIN,
        top + TITLE_HEIGHT - MARGIN,
        "%s: %d values of %,d bytes in an arena of %,d bytes, %d steps"
            .formatted(device.name(), lifetimes.size(), sum, memory.arenaBytes(), steps));
    top += TITLE_HEIGHT;
    drawBytesInUse(lifetimes, memory);
    Map<Long, Integer> colours = new HashMap<>();
    for (Lifetime lifetime : lifetimes) {
      long offset = memory.offset(lifetime.owner()).orElseThrow();
      drawRow(lifetime, offset, colours.computeIfAbsent(offset, _ -> colours.size()));
    }
    top += MARGIN;
  }

  /// A bar a step: the bytes that values alive at that step need.
  private void drawBytesInUse(List<Lifetime> lifetimes, MemoryPlan memory) {
    long[] used = new long[steps];
    for (Lifetime lifetime : lifetimes) {
      int end = Math.min(lifetime.last(), steps - 1);
      for (int step = Math.max(0, lifetime.first()); step <= end; step++) {
        used[step] += lifetime.bytes();
      }
    }
    // A result in its operand's memory counts twice at its own step.
    long most = memory.arenaBytes();
    for (long bytes : used) {
      most = Math.max(most, bytes);
    }
    for (int step = 0; step < steps; step++) {
      double height = most == 0 ? 0 : (double) PEAK_HEIGHT * used[step] / most;
      rectangle(
          x(step),
          top + PEAK_HEIGHT - height,
          x(step + 1) - x(step),
          height,
          "fill=\"#bbb\"",
          "step %d: %,d bytes".formatted(step, used[step]));
    }
    text(MARGIN, top + PEAK_HEIGHT, "bytes in use");
    top += PEAK_HEIGHT + MARGIN;
  }

  private void drawRow(Lifetime lifetime, long offset, int colour) {
    Node owner = lifetime.owner();
    int last = Math.min(lifetime.last(), steps - 1);
    double left = x(Math.max(0, lifetime.first()));
    String tip =
        "%s%s: bytes %,d to %,d, steps %d to %s"
            .formatted(
                owner,
                owner.sourceLine().isEmpty() ? "" : " at " + owner.sourceLine(),
                offset,
                offset + lifetime.bytes(),
                lifetime.first(),
                lifetime.last() == Integer.MAX_VALUE ? "the end" : lifetime.last());
    String kind = owner.op() instanceof Op.Executed ? "" : " (given)";
    text(MARGIN, top + ROW_HEIGHT - 3, "%s %,d%s".formatted(owner.name(), lifetime.bytes(), kind));
    rectangle(
        left,
        top + 1,
        x(last + 1) - left,
        ROW_HEIGHT - 2,
        "fill=\"hsl(%d,60%%,60%%)\"".formatted(colour * HUE_STEP % HUES),
        tip);
    top += ROW_HEIGHT;
  }

  private double x(int step) {
    return LABEL_WIDTH + (double) PLOT_WIDTH * step / steps;
  }

  private void rectangle(double x, double y, double width, double height, String fill, String tip) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\""
                + " %s><title>%s</title></rect>\n",
            x,
            y,
            width,
            height,
            fill,
            escaped(tip)));
  }

  private void text(int x, int y, String words) {
    svg.append("<text x=\"%d\" y=\"%d\">%s</text>\n".formatted(x, y, escaped(words)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
