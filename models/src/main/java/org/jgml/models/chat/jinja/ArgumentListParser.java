package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parses the arguments of one call: positional ones, then named ones, then `*list`, then `**dict`.
final class ArgumentListParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private final List<Expression> positional = new ArrayList<>();
  private final List<Expression.NamedArgument> named = new ArrayList<>();
  private Optional<Expression> spreadList = Optional.empty();
  private Optional<Expression> spreadDict = Optional.empty();

  ArgumentListParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  Expression.ArgumentList parse() {
    tokens.expectOperator("(");
    while (!tokens.isAtOperator(")")) {
      argument();
      if (!tokens.isAtOperator(")")) {
        tokens.expectOperator(",");
      }
    }
    tokens.next();
    return new Expression.ArgumentList(positional, named, spreadList, spreadDict);
  }

  private void argument() {
    if (tokens.isAtOperator("*")) {
      require(spreadList.isEmpty() && spreadDict.isEmpty());
      tokens.next();
      spreadList = Optional.of(expressions.expression());
    } else if (tokens.isAtOperator("**")) {
      require(spreadDict.isEmpty());
      tokens.next();
      spreadDict = Optional.of(expressions.expression());
    } else if (tokens.isAt(TokenKind.NAME) && tokens.following().isOperator("=")) {
      require(spreadDict.isEmpty());
      String name = tokens.next().text();
      tokens.next();
      named.add(new Expression.NamedArgument(name, expressions.expression()));
    } else {
      require(named.isEmpty() && spreadList.isEmpty() && spreadDict.isEmpty());
      positional.add(expressions.expression());
    }
  }

  private void require(boolean inOrder) {
    if (!inOrder) {
      throw new JinjaException(
          tokens.current().position(),
          "arguments must be positional ones, then named ones, then *list, then **dict");
    }
  }
}
