package org.jgml.models.evaluation;

import java.util.List;

/// One question of a benchmark.
///
/// @param id unique within its source, the same whenever the source is read
/// @param answers texts of which each is right
/// @param classes the texts to choose from: options of a choice, names of classes; may be empty
/// @param length tokens or, where nobody counted, characters of the prompt
/// @param depth where in the prompt the answer lies, from 0 to 1; NaN if unknown
public record Question(
    String id,
    Task task,
    Prompt prompt,
    List<String> answers,
    List<String> classes,
    int length,
    double depth) {
  public Question {
    answers = List.copyOf(answers);
    classes = List.copyOf(classes);
  }
}
