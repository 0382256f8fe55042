package org.jgml.models.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The notation that the bundled model was trained on. Filler is a chain of words of which each
/// depends on the one before.
///
/// @param successors what may follow a word or mark, and how often
record SyllableWording(Map<String, List<Successor>> successors) implements Wording {
  private static final String CHAIN = "syllables.txt";
  private static final String CONSONANTS = "BDFGHJKLMNPRSTVZ";
  private static final String VOWELS = "aeiou";
  private static final String FULL_STOP = ".";

  /// @param weight its share among the successors, in no particular unit
  record Successor(String word, int weight) {}

  /// Reads the chain: a line each for a word, then `successor:weight` pairs.
  static SyllableWording read() {
    Map<String, List<Successor>> successors = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                SyllableWording.class.getResourceAsStream(CHAIN), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        List<String> words = List.of(line.split(" "));
        successors.put(
            words.getFirst(),
            words.subList(1, words.size()).stream().map(SyllableWording::successor).toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SyllableWording(successors);
  }

  private static Successor successor(String pair) {
    int colon = pair.indexOf(':');
    return new Successor(pair.substring(0, colon), Integer.parseInt(pair.substring(colon + 1)));
  }

  @Override
  public String introduction() {
    return "";
  }

  @Override
  public String name(SplittableRandom random) {
    return ""
        + any(CONSONANTS, random)
        + any(VOWELS, random)
        + any(CONSONANTS, random)
        + any(VOWELS, random);
  }

  private static char any(String characters, SplittableRandom random) {
    return characters.charAt(random.nextInt(characters.length()));
  }

  @Override
  public String fact(String name, String number) {
    return "#%s=%s;".formatted(name, number);
  }

  @Override
  public String question(String name) {
    return "#%s=".formatted(name);
  }

  @Override
  public int answerSlack() {
    return 0;
  }

  @Override
  public Filler filler(SplittableRandom random) {
    String[] last = {FULL_STOP};
    return () -> {
      last[0] = next(successors.get(last[0]), random);
      return Character.isLetter(last[0].charAt(0)) ? " " + last[0] : last[0];
    };
  }

  private static String next(List<Successor> candidates, SplittableRandom random) {
    int left = random.nextInt(candidates.stream().mapToInt(Successor::weight).sum());
    for (Successor candidate : candidates) {
      left -= candidate.weight();
      if (left < 0) {
        return candidate.word();
      }
    }
    throw new AssertionError("weights add up to more than their sum");
  }
}
