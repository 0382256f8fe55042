package org.jgml.models.grammar;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiFunction;

/// Refuses rules that no finite text follows, such as `a ::= "x" a`: a text that once got into one
/// could not end.
final class EndlessRules {
  private final Set<Rule> ending = new HashSet<>();

  private EndlessRules() {}

  static void refuse(Collection<Rule> rules, BiFunction<Rule, String, GrammarException> error) {
    EndlessRules search = new EndlessRules();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Rule rule : rules) {
        changed |= search.canEnd(rule.body()) && search.ending.add(rule);
      }
    }
    for (Rule rule : rules) {
      if (!search.ending.contains(rule)) {
        throw error.apply(rule, "no text follows rule '" + rule.name() + "', it never ends");
      }
    }
  }

  private boolean canEnd(Expression expression) {
    return switch (expression) {
      case Expression.Characters characters -> !characters.allowed().ranges().isEmpty();
      case Expression.Sequence sequence -> sequence.parts().stream().allMatch(this::canEnd);
      case Expression.Choice choice -> choice.alternatives().stream().anyMatch(this::canEnd);
      case Expression.Repetition repetition -> repetition.least() == 0 || canEnd(repetition.body());
      case Expression.Reference reference -> ending.contains(reference.rule());
    };
  }
}
