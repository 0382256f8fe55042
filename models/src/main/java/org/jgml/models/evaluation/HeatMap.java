package org.jgml.models.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Scores by length and depth as a picture in SVG: a panel for each kind of cache, lengths from
/// left to right, depths from top to bottom, red for wrong and green for right.
public final class HeatMap {
  private static final int CELL_WIDTH = 56;
  private static final int CELL_HEIGHT = 24;
  private static final int LABEL = 56;
  private static final int TITLE = 28;
  private static final int DEPTH_STEPS = 10;
  private static final int GREEN_HUE = 120;

  private HeatMap() {}

  /// The picture of answers whose depth is known; the others are left out.
  public static String svg(List<Answer> answers) {
    List<Answer> placed = answers.stream().filter(a -> !Double.isNaN(a.depth())).toList();
    List<Integer> lengths = placed.stream().map(Answer::length).distinct().sorted().toList();
    StringBuilder panels = new StringBuilder();
    int left = 0;
    int width = LABEL + CELL_WIDTH * Math.max(1, lengths.size());
    for (String cache : placed.stream().map(Answer::cache).distinct().toList()) {
      List<Answer> ours = placed.stream().filter(a -> a.cache().equals(cache)).toList();
      panels.append(panel(cache, ours, lengths, left));
      left += width;
    }
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"
          font-family="sans-serif" font-size="11">
    <rect width="100%%" height="100%%" fill="white"/>
    %s</svg>
    """
        .formatted(left + LABEL, 2 * TITLE + CELL_HEIGHT * (DEPTH_STEPS + 1), panels);
  }

  private static String panel(String cache, List<Answer> answers, List<Integer> lengths, int left) {
    StringBuilder panel = new StringBuilder(text(left + LABEL, TITLE / 2, cache));
    for (int column = 0; column < lengths.size(); column++) {
      int length = lengths.get(column);
      int x = left + LABEL + column * CELL_WIDTH;
      TreeMap<Integer, Double> scores =
          answers.stream()
              .filter(a -> a.length() == length)
              .collect(
                  Collectors.groupingBy(
                      a -> (int) Math.round(a.depth() * DEPTH_STEPS),
                      TreeMap::new,
                      Collectors.averagingDouble(Answer::score)));
      scores.forEach((step, score) -> panel.append(cell(x, TITLE + step * CELL_HEIGHT, score)));
      int bottom = TITLE + (DEPTH_STEPS + 1) * CELL_HEIGHT + TITLE / 2;
      panel.append(text(x, bottom, String.valueOf(length)));
    }
    for (int step = 0; step <= DEPTH_STEPS; step++) {
      int middle = TITLE + step * CELL_HEIGHT + CELL_HEIGHT / 2;
      panel.append(text(left + LABEL / 4, middle, step * 100 / DEPTH_STEPS + " %"));
    }
    return panel.toString();
  }

  private static String cell(int x, int y, double score) {
    return String.format(
        Locale.ROOT,
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"hsl(%.0f,70%%,60%%)\"/>%n%s",
        x,
        y,
        CELL_WIDTH - 1,
        CELL_HEIGHT - 1,
        GREEN_HUE * score,
        text(x + CELL_WIDTH / 3, y + 2 * CELL_HEIGHT / 3, Math.round(100 * score) + ""));
  }

  private static String text(int x, int y, String text) {
    return "<text x=\"%d\" y=\"%d\">%s</text>%n".formatted(x, y, text);
  }
}
