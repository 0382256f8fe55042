package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A part of a template that writes text or changes variables.
sealed interface Statement {
  Position position();

  record Text(Position position, String text) implements Statement {}

  /// `{{ value }}`
  record Print(Position position, Expression value) implements Statement {}

  /// `if`, `elif` and so on; `else` is the last branch, with no condition.
  record If(Position position, List<Branch> branches) implements Statement {}

  record Branch(Optional<Expression> condition, List<Statement> body) {}

  record For(
      Position position,
      Target target,
      Expression iterable,
      Optional<Expression> condition,
      List<Statement> body,
      List<Statement> otherwise)
      implements Statement {}

  /// `{% set target = value %}`
  record Assign(Position position, Target target, Expression value) implements Statement {}

  /// `{% set target | filter %}…{% endset %}`
  record Capture(
      Position position, Target target, List<Expression.Application> filters, List<Statement> body)
      implements Statement {}

  record Macro(Position position, Procedure procedure) implements Statement {}

  /// `{% call(parameters) macro(arguments) %}…{% endcall %}`
  record CallBlock(Position position, Procedure caller, Expression.Call call)
      implements Statement {}

  /// `{% filter name %}…{% endfilter %}`
  record FilterBlock(Position position, List<Expression.Application> filters, List<Statement> body)
      implements Statement {}

  /// Statements with variables of their own: `with`, and `generation`, which has none.
  record Block(Position position, List<Assign> variables, List<Statement> body)
      implements Statement {}

  record Break(Position position) implements Statement {}

  record Continue(Position position) implements Statement {}

  /// The name, parameters and body of a macro or call block.
  ///
  /// @param implicit which of the variables `varargs`, `kwargs` and `caller` the body uses
  record Procedure(
      String name, List<Parameter> parameters, List<Statement> body, Set<String> implicit) {}

  record Parameter(Position position, String name, Optional<Expression> otherwise) {}
}
