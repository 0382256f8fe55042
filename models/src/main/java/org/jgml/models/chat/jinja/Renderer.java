package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Executes statements, which write text and change variables.
final class Renderer {
  /// How a statement ended.
  private enum Completion {
    NORMAL,
    BREAK,
    CONTINUE
  }

  private final Budget budget;
  private final Evaluator evaluator;

  private Renderer(Budget budget) {
    this.budget = budget;
    this.evaluator = new Evaluator(budget);
  }

  /// The text that statements write.
  ///
  /// @throws JinjaException if one of them fails
  static String render(List<Statement> statements, Scope scope) {
    StringBuilder out = new StringBuilder();
    new Renderer(new Budget()).executeAll(statements, scope, out);
    return out.toString();
  }

  private Completion executeAll(List<Statement> statements, Scope scope, StringBuilder out) {
    for (Statement statement : statements) {
      Completion completion = execute(statement, scope, out);
      if (completion != Completion.NORMAL) {
        return completion;
      }
    }
    return Completion.NORMAL;
  }

  private Completion execute(Statement statement, Scope scope, StringBuilder out) {
    try {
      budget.enter();
      Completion completion = perform(statement, scope, out);
      TextValue.checkLength(out.length());
      budget.leave();
      return completion;
    } catch (EvaluationException failure) {
      throw failure.at(statement.position());
    }
  }

  private Completion perform(Statement statement, Scope scope, StringBuilder out) {
    return switch (statement) {
      case Statement.Text text -> write(text.text(), out);
      case Statement.Print print ->
          write(Printing.str(evaluator.evaluate(print.value(), scope)), out);
      case Statement.If choice -> choose(choice, scope, out);
      case Statement.For loop -> loop(loop, scope, out);
      case Statement.Assign assign -> assign(assign, scope, scope);
      case Statement.Capture capture -> capture(capture, scope);
      case Statement.Macro macro -> define(macro, scope);
      case Statement.CallBlock block -> call(block, scope, out);
      case Statement.FilterBlock block -> filter(block, scope, out);
      case Statement.Block block -> block(block, scope, out);
      case Statement.Break _ -> Completion.BREAK;
      case Statement.Continue _ -> Completion.CONTINUE;
    };
  }

  private static Completion write(String text, StringBuilder out) {
    out.append(text);
    return Completion.NORMAL;
  }

  private Completion choose(Statement.If choice, Scope scope, StringBuilder out) {
    for (Statement.Branch branch : choice.branches()) {
      if (branch.condition().isEmpty()
          || evaluator.isTrue(branch.condition().orElseThrow(), scope)) {
        return executeAll(branch.body(), scope, out);
      }
    }
    return Completion.NORMAL;
  }

  private Completion loop(Statement.For loop, Scope scope, StringBuilder out) {
    List<Value> items = items(loop, scope);
    LoopValue state = new LoopValue(items);
    boolean completedOne = false;
    Completion completion = Completion.NORMAL;
    for (int i = 0; i < items.size() && completion != Completion.BREAK; i++) {
      budget.step();
      state.advanceTo(i);
      Scope inner = scope.inner();
      inner.set("loop", state);
      assign(loop.target(), items.get(i), inner, inner);
      completion = executeAll(loop.body(), inner, out);
      completedOne |= completion == Completion.NORMAL;
    }
    // As in Jinja: an iteration that 'break' or 'continue' ends does not count.
    return completedOne ? Completion.NORMAL : executeAll(loop.otherwise(), scope.inner(), out);
  }

  private List<Value> items(Statement.For loop, Scope scope) {
    List<Value> items = Iteration.items(evaluator.evaluate(loop.iterable(), scope));
    if (loop.condition().isEmpty()) {
      return items;
    }
    List<Value> selected = new ArrayList<>();
    for (Value item : items) {
      budget.step();
      Scope inner = scope.inner();
      assign(loop.target(), item, inner, inner);
      if (evaluator.isTrue(loop.condition().orElseThrow(), inner)) {
        selected.add(item);
      }
    }
    return selected;
  }

  /// Assigns where some variables are visible to those of a scope inside.
  private Completion assign(Statement.Assign assign, Scope visible, Scope changed) {
    assign(assign.target(), evaluator.evaluate(assign.value(), visible), visible, changed);
    return Completion.NORMAL;
  }

  private void assign(Target target, Value value, Scope visible, Scope changed) {
    switch (target) {
      case Target.Variable variable -> changed.set(variable.name(), value);
      case Target.Member member -> {
        if (!(visible.find(member.namespace()) instanceof NamespaceValue namespace)) {
          throw new EvaluationException(
              "'" + member.namespace() + "' is no namespace, its members cannot be set");
        }
        namespace.set(member.name(), value);
      }
      case Target.Tuple tuple -> unpack(tuple.targets(), value, visible, changed);
    }
  }

  private void unpack(List<Target> targets, Value value, Scope visible, Scope changed) {
    List<Value> items = Iteration.items(value);
    if (items.size() != targets.size()) {
      throw new EvaluationException(
          "%d variables cannot take %d values".formatted(targets.size(), items.size()));
    }
    for (int i = 0; i < items.size(); i++) {
      assign(targets.get(i), items.get(i), visible, changed);
    }
  }

  private Completion capture(Statement.Capture capture, Scope scope) {
    StringBuilder text = new StringBuilder();
    Completion completion = executeAll(capture.body(), scope.inner(), text);
    if (completion == Completion.NORMAL) {
      Value value = filtered(capture.filters(), text, scope);
      assign(capture.target(), value, scope, scope);
    }
    return completion;
  }

  private Completion filter(Statement.FilterBlock block, Scope scope, StringBuilder out) {
    StringBuilder text = new StringBuilder();
    Completion completion = executeAll(block.body(), scope.inner(), text);
    if (completion == Completion.NORMAL) {
      write(Printing.str(filtered(block.filters(), text, scope)), out);
    }
    return completion;
  }

  private Value filtered(List<Expression.Application> filters, StringBuilder text, Scope scope) {
    Value value = new TextValue(text.toString());
    for (Expression.Application filter : filters) {
      value = evaluator.filter(filter, value, scope);
    }
    return value;
  }

  private Completion block(Statement.Block block, Scope scope, StringBuilder out) {
    Scope inner = scope.inner();
    block.variables().forEach(variable -> assign(variable, scope, inner));
    return executeAll(block.body(), inner, out);
  }

  private Completion define(Statement.Macro macro, Scope scope) {
    scope.set(macro.procedure().name(), callable(macro.procedure(), scope));
    return Completion.NORMAL;
  }

  private Completion call(Statement.CallBlock block, Scope scope, StringBuilder out) {
    Map<String, Value> caller = Map.of("caller", callable(block.caller(), scope));
    return write(Printing.str(evaluator.call(block.call(), caller, scope)), out);
  }

  private CallableValue callable(Statement.Procedure procedure, Scope definition) {
    return new CallableValue(
        procedure.name(),
        arguments -> {
          Scope scope = definition.inner();
          bind(procedure, arguments, scope);
          StringBuilder text = new StringBuilder();
          executeAll(procedure.body(), scope, text);
          return new TextValue(text.toString());
        });
  }

  private void bind(Statement.Procedure procedure, Arguments arguments, Scope scope) {
    MacroArguments remaining = new MacroArguments(procedure, arguments);
    for (Statement.Parameter parameter : procedure.parameters()) {
      Optional<Value> given = remaining.take(parameter.name());
      Value value =
          given.orElseGet(() ->
              parameter
                  .otherwise()
                  .map(otherwise -> evaluator.evaluate(otherwise, scope))
                  .orElseGet(() -> MacroArguments.missing(parameter)));
      scope.set(parameter.name(), value);
    }
    remaining.implicit().forEach(scope::set);
  }
}
