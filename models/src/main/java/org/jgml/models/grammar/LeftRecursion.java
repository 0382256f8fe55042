package org.jgml.models.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/// Refuses rules that come back to themselves before any character, with something left to do
/// after: a matcher would stack that up for ever.
final class LeftRecursion {
  /// That a rule may begin with another, and whether something of it follows.
  private record Start(Rule rule, boolean hasRest) {}

  private final Set<Rule> nullable = new HashSet<>();

  private LeftRecursion() {}

  static void refuse(Collection<Rule> rules, BiFunction<Rule, String, GrammarException> error) {
    LeftRecursion recursion = new LeftRecursion();
    recursion.findNullable(rules);
    Map<Rule, List<Start>> starts = new HashMap<>();
    for (Rule rule : rules) {
      List<Start> found = new ArrayList<>();
      recursion.addStarts(rule.body(), false, found);
      starts.put(rule, found);
    }
    for (Rule rule : rules) {
      for (Start start : starts.get(rule)) {
        if (start.hasRest() && reaches(start.rule(), rule, starts)) {
          throw error.apply(
              rule, "rule '" + rule.name() + "' recurses on the left; write it with * instead");
        }
      }
    }
  }

  private void findNullable(Collection<Rule> rules) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Rule rule : rules) {
        changed |= isNullable(rule.body()) && nullable.add(rule);
      }
    }
  }

  private boolean isNullable(Expression expression) {
    return switch (expression) {
      case Expression.Characters _ -> false;
      case Expression.Sequence sequence -> sequence.parts().stream().allMatch(this::isNullable);
      case Expression.Choice choice -> choice.alternatives().stream().anyMatch(this::isNullable);
      case Expression.Repetition repetition ->
          repetition.least() == 0 || isNullable(repetition.body());
      case Expression.Reference reference -> nullable.contains(reference.rule());
    };
  }

  private void addStarts(Expression expression, boolean hasRest, List<Start> starts) {
    switch (expression) {
      case Expression.Characters _ -> {}
      case Expression.Sequence sequence -> addStarts(sequence, hasRest, starts);
      case Expression.Choice choice ->
          choice.alternatives().forEach(each -> addStarts(each, hasRest, starts));
      case Expression.Repetition repetition ->
          addStarts(repetition.body(), hasRest || repetition.most() > 1, starts);
      case Expression.Reference reference -> starts.add(new Start(reference.rule(), hasRest));
    }
  }

  private void addStarts(Expression.Sequence sequence, boolean hasRest, List<Start> starts) {
    List<Expression> parts = sequence.parts();
    for (int i = 0; i < parts.size(); i++) {
      addStarts(parts.get(i), hasRest || i + 1 < parts.size(), starts);
      if (!isNullable(parts.get(i))) {
        return;
      }
    }
  }

  private static boolean reaches(Rule from, Rule wanted, Map<Rule, List<Start>> starts) {
    Set<Rule> seen = new HashSet<>(Set.of(from));
    Deque<Rule> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      Rule rule = open.removeLast();
      if (rule == wanted) {
        return true;
      }
      for (Start start : starts.get(rule)) {
        if (seen.add(start.rule())) {
          open.addLast(start.rule());
        }
      }
    }
    return false;
  }
}
