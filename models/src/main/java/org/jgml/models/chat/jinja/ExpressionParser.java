package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Parses expressions: operators by precedence, loosest first. What binds tighter is parsed by an
/// [OperandParser].
final class ExpressionParser {
  /// A literal that is a word.
  private static final Map<String, Value> WORDS =
      Map.of(
          "true", BooleanValue.TRUE,
          "True", BooleanValue.TRUE,
          "false", BooleanValue.FALSE,
          "False", BooleanValue.FALSE,
          "none", NoneValue.NONE,
          "None", NoneValue.NONE);

  private final TokenStream tokens;
  private final OperandParser operands;
  private Set<String> names = new HashSet<>();

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.operands = new OperandParser(tokens, this);
  }

  /// An expression.
  Expression expression() {
    tokens.enter();
    Expression value = or();
    while (tokens.isAtName("if")) {
      Position position = tokens.next().position();
      Expression condition = or();
      Optional<Expression> otherwise =
          tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Expression.Conditional(position, condition, value, otherwise);
    }
    tokens.leave();
    return value;
  }

  /// An expression, or several with commas between them, which make a tuple.
  Expression tuple() {
    return tuple(this::expression);
  }

  /// As [#tuple], but `if` ends it.
  Expression tupleWithoutConditional() {
    return tuple(this::or);
  }

  private Expression tuple(Supplier<Expression> parser) {
    Position position = tokens.current().position();
    Expression first = parser.get();
    if (!tokens.isAtOperator(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",") && !endsTuple()) {
      items.add(parser.get());
    }
    return new Expression.Sequence(position, SequenceValue.Kind.TUPLE, items);
  }

  private boolean endsTuple() {
    return tokens.isAt(TokenKind.PRINT_END)
        || tokens.isAt(TokenKind.STATEMENT_END)
        || tokens.isAtOperator(")");
  }

  /// Expressions with commas between them, up to a closing bracket.
  List<Expression> list(String bracket) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.isAtOperator(bracket)) {
      items.add(expression());
      if (!tokens.isAtOperator(bracket)) {
        tokens.expectOperator(",");
      }
    }
    tokens.next();
    return items;
  }

  /// The filters after a `|`, as a `set` block and a `filter` block have them.
  ///
  /// @param isFirst whether the first one has no `|` in front
  List<Expression.Application> filters(boolean isFirst) {
    List<Expression.Application> filters = new ArrayList<>();
    if (isFirst) {
      filters.add(operands.filter());
    }
    while (tokens.skipOperator("|")) {
      filters.add(operands.filter());
    }
    return filters;
  }

  /// The names used since the last call, which is forgotten then.
  Set<String> takeNames() {
    Set<String> taken = names;
    names = new HashSet<>();
    return taken;
  }

  void addNames(Set<String> used) {
    names.addAll(used);
  }

  private Expression or() {
    Expression left = and();
    while (tokens.isAtName("or")) {
      left = new Expression.Or(tokens.next().position(), left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.isAtName("and")) {
      left = new Expression.And(tokens.next().position(), left, not());
    }
    return left;
  }

  private Expression not() {
    if (!tokens.isAtName("not")) {
      return comparison();
    }
    tokens.enter();
    Expression.Not not = new Expression.Not(tokens.next().position(), not());
    tokens.leave();
    return not;
  }

  private Expression comparison() {
    Position position = tokens.current().position();
    Expression first = sum();
    List<Expression> compared = new ArrayList<>(List.of(first));
    List<ComparisonOperator> operators = new ArrayList<>();
    for (Optional<ComparisonOperator> operator = comparisonOperator();
        operator.isPresent();
        operator = comparisonOperator()) {
      operators.add(operator.orElseThrow());
      compared.add(sum());
    }
    return operators.isEmpty() ? first : new Expression.Comparison(position, compared, operators);
  }

  private Optional<ComparisonOperator> comparisonOperator() {
    if (tokens.skipName("in")) {
      return Optional.of(ComparisonOperator.IN);
    }
    if (tokens.isAtName("not") && tokens.following().isName("in")) {
      tokens.next();
      tokens.next();
      return Optional.of(ComparisonOperator.NOT_IN);
    }
    for (ComparisonOperator operator : ComparisonOperator.values()) {
      if (tokens.skipOperator(operator.symbol())) {
        return Optional.of(operator);
      }
    }
    return Optional.empty();
  }

  private Expression sum() {
    return leftAssociative(
        this::concatenation, ArithmeticOperator.ADD, ArithmeticOperator.SUBTRACT);
  }

  private Expression concatenation() {
    Position position = tokens.current().position();
    Expression first = product();
    if (!tokens.isAtOperator("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return new Expression.Concatenation(position, parts);
  }

  private Expression product() {
    return leftAssociative(
        this::power,
        ArithmeticOperator.MULTIPLY,
        ArithmeticOperator.DIVIDE,
        ArithmeticOperator.FLOOR_DIVIDE,
        ArithmeticOperator.MODULO);
  }

  private Expression power() {
    return leftAssociative(() -> operands.unary(true), ArithmeticOperator.POWER);
  }

  private Expression leftAssociative(
      Supplier<Expression> operand, ArithmeticOperator... operators) {
    Expression left = operand.get();
    Optional<ArithmeticOperator> operator = operatorHere(operators);
    while (operator.isPresent()) {
      Position position = tokens.next().position();
      left = new Expression.Binary(position, operator.orElseThrow(), left, operand.get());
      operator = operatorHere(operators);
    }
    return left;
  }

  private Optional<ArithmeticOperator> operatorHere(ArithmeticOperator... operators) {
    for (ArithmeticOperator operator : operators) {
      if (tokens.isAtOperator(operator.symbol())) {
        return Optional.of(operator);
      }
    }
    return Optional.empty();
  }

  /// Whether a name is a literal, to which nothing can be assigned.
  static boolean isLiteral(String name) {
    return WORDS.containsKey(name);
  }

  /// A name or a literal that is a word.
  Expression nameOrLiteral() {
    Token name = tokens.expectName();
    Value literal = WORDS.get(name.text());
    if (literal != null) {
      return new Expression.Literal(name.position(), literal);
    }
    names.add(name.text());
    return new Expression.Name(name.position(), name.text());
  }
}
