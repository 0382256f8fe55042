package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Computes the values of expressions.
final class Evaluator {
  private final Budget budget;

  Evaluator(Budget budget) {
    this.budget = budget;
  }

  /// The value of an expression where some variables are visible.
  ///
  /// @throws JinjaException if it has none
  Value evaluate(Expression expression, Scope scope) {
    try {
      budget.enter();
      Value value = budget.charge(compute(expression, scope));
      budget.leave();
      return value;
    } catch (EvaluationException failure) {
      throw failure.at(expression.position());
    }
  }

  private Value compute(Expression expression, Scope scope) {
    return switch (expression) {
      case Expression.Literal literal -> literal.value();
      case Expression.Name name -> scope.find(name.name());
      case Expression.Sequence sequence ->
          new SequenceValue(sequence.kind(), all(sequence.items(), scope));
      case Expression.Dict dict -> dict(dict, scope);
      case Expression.Attribute attribute ->
          Lookup.attribute(evaluate(attribute.object(), scope), attribute.name());
      case Expression.Item item ->
          Lookup.item(evaluate(item.object(), scope), evaluate(item.key(), scope));
      case Expression.Slice slice -> slice(slice, scope);
      case Expression.Call call -> call(call, Map.of(), scope);
      case Expression.Filtered filtered ->
          filter(filtered.filter(), evaluate(filtered.subject(), scope), scope);
      case Expression.Tested tested -> test(tested, scope);
      case Expression.Not not -> BooleanValue.of(!isTrue(not.operand(), scope));
      case Expression.Sign sign ->
          Arithmetic.sign(sign.isNegative(), evaluate(sign.operand(), scope));
      case Expression.Binary binary ->
          Arithmetic.apply(
              binary.operator(), evaluate(binary.left(), scope), evaluate(binary.right(), scope));
      case Expression.Concatenation concatenation -> concatenate(concatenation, scope);
      case Expression.Comparison comparison -> compare(comparison, scope);
      case Expression.And and -> and(and, scope);
      case Expression.Or or -> or(or, scope);
      case Expression.Conditional conditional -> conditional(conditional, scope);
    };
  }

  boolean isTrue(Expression expression, Scope scope) {
    return evaluate(expression, scope).isTrue();
  }

  private List<Value> all(List<Expression> expressions, Scope scope) {
    List<Value> values = new ArrayList<>();
    for (Expression expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Value dict(Expression.Dict dict, Scope scope) {
    List<Map.Entry<Value, Value>> entries = new ArrayList<>();
    for (Expression.Entry entry : dict.entries()) {
      Value key = evaluate(entry.key(), scope);
      entries.add(Map.entry(key, evaluate(entry.value(), scope)));
    }
    return new MapValue(entries);
  }

  private Value slice(Expression.Slice slice, Scope scope) {
    Value object = evaluate(slice.object(), scope);
    List<Optional<Value>> bounds =
        slice.bounds().stream()
            .map(bound -> bound.map(expression -> evaluate(expression, scope)))
            .toList();
    return Lookup.slice(object, bounds);
  }

  private Value test(Expression.Tested tested, Scope scope) {
    Value subject = evaluate(tested.subject(), scope);
    Expression.Application test = tested.test();
    Arguments arguments = arguments(test.arguments(), Map.of(), scope);
    return BooleanValue.of(Tests.holds(test.name(), subject, arguments));
  }

  /// What a filter makes of a value.
  Value filter(Expression.Application filter, Value value, Scope scope) {
    try {
      Arguments arguments = arguments(filter.arguments(), Map.of(), scope);
      return budget.charge(Filters.apply(filter.name(), value, arguments));
    } catch (EvaluationException failure) {
      throw failure.at(filter.position());
    }
  }

  private Value concatenate(Expression.Concatenation concatenation, Scope scope) {
    return Texts.join("", all(concatenation.parts(), scope).stream().map(Printing::str).toList());
  }

  private Value compare(Expression.Comparison comparison, Scope scope) {
    Value left = evaluate(comparison.operands().getFirst(), scope);
    for (int i = 0; i < comparison.operators().size(); i++) {
      Value right = evaluate(comparison.operands().get(i + 1), scope);
      if (!Comparing.holds(comparison.operators().get(i), left, right)) {
        return BooleanValue.FALSE;
      }
      left = right;
    }
    return BooleanValue.TRUE;
  }

  private Value and(Expression.And and, Scope scope) {
    Value left = evaluate(and.left(), scope);
    return left.isTrue() ? evaluate(and.right(), scope) : left;
  }

  private Value or(Expression.Or or, Scope scope) {
    Value left = evaluate(or.left(), scope);
    return left.isTrue() ? left : evaluate(or.right(), scope);
  }

  private Value conditional(Expression.Conditional conditional, Scope scope) {
    if (isTrue(conditional.condition(), scope)) {
      return evaluate(conditional.value(), scope);
    }
    return conditional
        .otherwise()
        .map(otherwise -> evaluate(otherwise, scope))
        .orElseGet(
            () -> new UndefinedValue("the inline 'if' has no 'else' and its condition is false"));
  }

  /// Calls a function, macro or method.
  ///
  /// @param additional named arguments besides those written
  Value call(Expression.Call call, Map<String, Value> additional, Scope scope) {
    Value function = evaluate(call.function(), scope);
    Arguments arguments = arguments(call.arguments(), additional, scope);
    return switch (function) {
      case CallableValue callable -> callable.body().call(arguments);
      case UndefinedValue undefined -> throw undefined.failure();
      default ->
          throw new EvaluationException("'" + function.typeName() + "' object is not callable");
    };
  }

  private Arguments arguments(
      Expression.ArgumentList list, Map<String, Value> additional, Scope scope) {
    List<Value> positional = new ArrayList<>(all(list.positional(), scope));
    Map<String, Value> named = new LinkedHashMap<>();
    for (Expression.NamedArgument argument : list.named()) {
      add(named, argument.name(), evaluate(argument.value(), scope));
    }
    list.spreadList()
        .ifPresent(spread -> positional.addAll(Iteration.items(evaluate(spread, scope))));
    list.spreadDict().ifPresent(spread -> addAll(named, evaluate(spread, scope)));
    additional.forEach((name, value) -> add(named, name, value));
    return new Arguments(positional, named);
  }

  private static void addAll(Map<String, Value> named, Value spread) {
    if (!(spread instanceof MapValue map)) {
      throw new EvaluationException("'**' needs a dict, not '" + spread.typeName() + "'");
    }
    map.entries().forEach((key, value) -> add(named, Texts.require(key, "**"), value));
  }

  private static void add(Map<String, Value> named, String name, Value value) {
    if (named.put(name, value) != null) {
      throw new EvaluationException("two values for argument '" + name + "'");
    }
  }
}
