package org.jgml.models.evaluation;

import java.util.List;
import java.util.SplittableRandom;

/// Facts in plain sentences.
record EnglishWording() implements Wording {
  private static final List<String> FILLER =
      List.of(
          " The river runs past the mill and under the old bridge.",
          " A cart comes up the road and turns at the church.",
          " Someone opens a window and shuts it again.",
          " The baker counts his loaves, and the day goes on.",
          " Nothing else happens here, and nobody minds.");
  private static final List<String> COLOURS =
      List.of(
          "amber", "black", "blue", "brown", "copper", "golden", "green", "grey", "red", "white");
  private static final List<String> THINGS =
      List.of("barn", "boat", "chest", "door", "gate", "locker", "safe", "shed", "tower", "vault");
  private static final int SLACK = 8;

  @Override
  public String introduction() {
    return "Remember the numbers that are hidden in this text; you will be asked for one.\n";
  }

  @Override
  public String name(SplittableRandom random) {
    return COLOURS.get(random.nextInt(COLOURS.size()))
        + " "
        + THINGS.get(random.nextInt(THINGS.size()));
  }

  @Override
  public String fact(String name, String number) {
    return " The number of the %s is %s.".formatted(name, number);
  }

  @Override
  public String question(String name) {
    return "\nWhat is the number of the %s? The number of the %s is".formatted(name, name);
  }

  @Override
  public int answerSlack() {
    return SLACK;
  }

  @Override
  public Filler filler(SplittableRandom random) {
    int[] next = {random.nextInt(FILLER.size())};
    return () -> FILLER.get(next[0]++ % FILLER.size());
  }
}
