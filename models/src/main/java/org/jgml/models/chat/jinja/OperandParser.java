package org.jgml.models.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parses what the operators of an [ExpressionParser] stand between: signs, literals, names, and
/// the subscripts, calls, filters and tests after them.
final class OperandParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;

  OperandParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /// An operand; its filters and tests apply after a sign in front of it.
  Expression unary(boolean takesFilters) {
    Expression operand = postfix(signed());
    return takesFilters ? filtersAndTests(operand) : operand;
  }

  private Expression signed() {
    boolean isNegative = tokens.isAtOperator("-");
    if (!isNegative && !tokens.isAtOperator("+")) {
      return primary();
    }
    tokens.enter();
    Position position = tokens.next().position();
    Expression.Sign sign = new Expression.Sign(position, isNegative, unary(false));
    tokens.leave();
    return sign;
  }

  private Expression primary() {
    return switch (tokens.current().kind()) {
      case NAME -> expressions.nameOrLiteral();
      case STRING -> strings();
      case INTEGER -> integer();
      case FLOAT -> {
        Token token = tokens.next();
        FloatValue value = new FloatValue(Double.parseDouble(token.text()));
        yield new Expression.Literal(token.position(), value);
      }
      case OPERATOR -> bracketed();
      default -> throw tokens.unexpected("an expression");
    };
  }

  /// String literals, which are joined if they stand side by side.
  private Expression strings() {
    Position position = tokens.current().position();
    StringBuilder text = new StringBuilder();
    while (tokens.isAt(TokenKind.STRING)) {
      text.append(tokens.next().text());
    }
    return new Expression.Literal(position, new TextValue(text.toString()));
  }

  private Expression.Literal integer() {
    Token token = tokens.expect(TokenKind.INTEGER, "an integer");
    return new Expression.Literal(token.position(), new IntegerValue(new BigInteger(token.text())));
  }

  private Expression bracketed() {
    Token open = tokens.current();
    return switch (open.text()) {
      case "(" -> parenthesised();
      case "[" -> {
        tokens.next();
        yield new Expression.Sequence(
            open.position(), SequenceValue.Kind.LIST, expressions.list("]"));
      }
      case "{" -> dict();
      default -> throw tokens.unexpected("an expression");
    };
  }

  private Expression parenthesised() {
    Position position = tokens.next().position();
    if (tokens.skipOperator(")")) {
      return new Expression.Sequence(position, SequenceValue.Kind.TUPLE, List.of());
    }
    Expression inner = expressions.tuple();
    tokens.expectOperator(")");
    return inner;
  }

  private Expression dict() {
    Position position = tokens.next().position();
    List<Expression.Entry> entries = new ArrayList<>();
    while (!tokens.isAtOperator("}")) {
      Expression key = expressions.expression();
      tokens.expectOperator(":");
      entries.add(new Expression.Entry(key, expressions.expression()));
      if (!tokens.isAtOperator("}")) {
        tokens.expectOperator(",");
      }
    }
    tokens.next();
    return new Expression.Dict(position, entries);
  }

  private Expression postfix(Expression operand) {
    Expression result = operand;
    while (true) {
      if (tokens.isAtOperator(".")) {
        result = attribute(result);
      } else if (tokens.isAtOperator("[")) {
        result = subscript(result);
      } else if (tokens.isAtOperator("(")) {
        result = call(result);
      } else {
        return result;
      }
    }
  }

  private Expression attribute(Expression object) {
    Position position = tokens.next().position();
    if (tokens.isAt(TokenKind.INTEGER)) {
      return new Expression.Item(position, object, integer());
    }
    return new Expression.Attribute(position, object, tokens.expectName().text());
  }

  private Expression subscript(Expression object) {
    Position position = tokens.next().position();
    Optional<Expression> first = bound();
    if (!tokens.isAtOperator(":")) {
      Expression key = first.orElseThrow(() -> tokens.unexpected("an expression"));
      tokens.expectOperator("]");
      return new Expression.Item(position, object, key);
    }
    tokens.next();
    Optional<Expression> second = bound();
    Optional<Expression> third = tokens.skipOperator(":") ? bound() : Optional.empty();
    tokens.expectOperator("]");
    return new Expression.Slice(position, object, List.of(first, second, third));
  }

  private Optional<Expression> bound() {
    boolean missing = tokens.isAtOperator(":") || tokens.isAtOperator("]");
    return missing ? Optional.empty() : Optional.of(expressions.expression());
  }

  private Expression call(Expression function) {
    Position position = tokens.current().position();
    return new Expression.Call(position, function, arguments());
  }

  private Expression filtersAndTests(Expression operand) {
    Expression result = operand;
    while (true) {
      if (tokens.skipOperator("|")) {
        result = new Expression.Filtered(result, filter());
      } else if (tokens.skipName("is")) {
        result = test(result);
      } else if (tokens.isAtOperator("(")) {
        result = call(result);
      } else {
        return result;
      }
    }
  }

  /// A filter's name and arguments.
  Expression.Application filter() {
    Token name = tokens.expectName();
    boolean called = tokens.isAtOperator("(");
    return new Expression.Application(
        name.position(), name.text(), called ? arguments() : Expression.ArgumentList.NONE);
  }

  private Expression test(Expression subject) {
    Position position = tokens.current().position();
    boolean negated = tokens.skipName("not");
    Token name = tokens.expectName();
    Expression.Application test =
        new Expression.Application(name.position(), name.text(), testArguments());
    Expression tested = new Expression.Tested(subject, test);
    return negated ? new Expression.Not(position, tested) : tested;
  }

  /// The arguments of a test; a single operand needs no parentheses.
  private Expression.ArgumentList testArguments() {
    if (tokens.isAtOperator("(")) {
      return arguments();
    }
    if (tokens.isAtName("is")) {
      throw new JinjaException(tokens.current().position(), "tests cannot be chained with 'is'");
    }
    if (!beginsTestArgument()) {
      return Expression.ArgumentList.NONE;
    }
    List<Expression> argument = List.of(postfix(primary()));
    return new Expression.ArgumentList(argument, List.of(), Optional.empty(), Optional.empty());
  }

  private boolean beginsTestArgument() {
    return switch (tokens.current().kind()) {
      case NAME -> !List.of("else", "or", "and").contains(tokens.current().text());
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> tokens.isAtOperator("[") || tokens.isAtOperator("{");
      default -> false;
    };
  }

  private Expression.ArgumentList arguments() {
    tokens.enter();
    ArgumentListParser arguments = new ArgumentListParser(tokens, expressions);
    Expression.ArgumentList parsed = arguments.parse();
    tokens.leave();
    return parsed;
  }
}
