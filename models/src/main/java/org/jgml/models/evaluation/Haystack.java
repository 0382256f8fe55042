package org.jgml.models.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Makes questions: a fact in a text of any length at any depth. Equal seeds make equal texts.
///
/// The kinds follow the synthetic tasks of InfiniteBench: a number of 5 digits in filler, one of 10
/// digits, and one value of a list of pairs.
///
/// @param lengths tokens of the prompts
/// @param depths places of the fact, evenly spread from the beginning to the end
/// @param repetitions questions for each length and depth
/// @param seed of names, numbers and filler
public record Haystack(Kind kind, List<Integer> lengths, int depths, int repetitions, long seed) {
  /// What is hidden.
  public enum Kind {
    /// One number of 5 digits.
    PASSKEY,
    /// One number of 10 digits.
    NUMBER,
    /// Many pairs of a name and a number, of which one is asked for.
    KV;

    /// The name in tables.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @throws IllegalArgumentException if a number makes no sense
  public Haystack {
    lengths = List.copyOf(lengths);
    if (depths < 1 || repetitions < 1 || lengths.stream().anyMatch(length -> length < 64)) {
      throw new IllegalArgumentException(
          "a haystack needs lengths of at least 64 tokens, 1 depth and 1 repetition; has %s, %d, %d"
              .formatted(lengths, depths, repetitions));
    }
  }

  /// The questions, shortest first, each made when it is asked for.
  ///
  /// @param wording the language that the model understands
  /// @param tokens counts the tokens of a text
  public Stream<Question> questions(Wording wording, ToIntFunction<String> tokens) {
    int each = depths * repetitions;
    return IntStream.range(0, lengths.size() * each)
        .mapToObj(i -> question(wording, tokens, lengths.get(i / each), i % each));
  }

  private Question question(Wording wording, ToIntFunction<String> tokens, int length, int index) {
    double depth = depths == 1 ? 0.5 : (double) (index % depths) / (depths - 1);
    Needle needle = Needle.of(kind, wording, seed + 31L * length + index);
    String prompt = needle.prompt(tokens, length, depth);
    return new Question(
        "%s-%d-%d-of-%d-depths-%d".formatted(kind.label(), length, index, depths, seed),
        Task.plain(kind.label(), needle.answerTokens(tokens), Metric.EXACT),
        new Prompt.Text(prompt),
        List.of(needle.answer()),
        List.of(),
        length,
        depth);
  }
}
