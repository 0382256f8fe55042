package org.jgml.models.chat.jinja;

import java.util.List;
import java.util.Optional;

/// A part of a template that has a value.
sealed interface Expression {
  /// Where it is, for error messages: its operator if it has one, else its beginning.
  Position position();

  record Literal(Position position, Value value) implements Expression {}

  record Name(Position position, String name) implements Expression {}

  record Sequence(Position position, SequenceValue.Kind kind, List<Expression> items)
      implements Expression {}

  record Dict(Position position, List<Entry> entries) implements Expression {}

  record Entry(Expression key, Expression value) {}

  /// `object.name`
  record Attribute(Position position, Expression object, String name) implements Expression {}

  /// `object[key]`
  record Item(Position position, Expression object, Expression key) implements Expression {}

  /// `object[start:stop:step]`
  record Slice(Position position, Expression object, List<Optional<Expression>> bounds)
      implements Expression {}

  record Call(Position position, Expression function, ArgumentList arguments)
      implements Expression {}

  /// `subject | filter`
  record Filtered(Expression subject, Application filter) implements Expression {
    @Override
    public Position position() {
      return filter.position();
    }
  }

  /// `subject is test`
  record Tested(Expression subject, Application test) implements Expression {
    @Override
    public Position position() {
      return test.position();
    }
  }

  record Not(Position position, Expression operand) implements Expression {}

  record Sign(Position position, boolean isNegative, Expression operand) implements Expression {}

  record Binary(Position position, ArithmeticOperator operator, Expression left, Expression right)
      implements Expression {}

  /// `a ~ b ~ c`
  record Concatenation(Position position, List<Expression> parts) implements Expression {}

  /// `a < b <= c`: the operators are one fewer than the operands.
  record Comparison(
      Position position, List<Expression> operands, List<ComparisonOperator> operators)
      implements Expression {}

  record And(Position position, Expression left, Expression right) implements Expression {}

  record Or(Position position, Expression left, Expression right) implements Expression {}

  /// `value if condition else otherwise`
  record Conditional(
      Position position, Expression condition, Expression value, Optional<Expression> otherwise)
      implements Expression {}

  /// The name and arguments of a filter or test.
  record Application(Position position, String name, ArgumentList arguments) {}

  /// The arguments of a call as written.
  record ArgumentList(
      List<Expression> positional,
      List<NamedArgument> named,
      Optional<Expression> spreadList,
      Optional<Expression> spreadDict) {
    static final ArgumentList NONE =
        new ArgumentList(List.of(), List.of(), Optional.empty(), Optional.empty());
  }

  record NamedArgument(String name, Expression value) {}
}
