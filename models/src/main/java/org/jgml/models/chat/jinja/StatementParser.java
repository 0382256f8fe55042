package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Parses statements and the text between them.
final class StatementParser {
  private static final Set<String> IMPLICIT = Set.of("varargs", "kwargs", "caller");

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loops;

  private StatementParser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  /// The statements of a template.
  ///
  /// @throws JinjaException if it is malformed
  static List<Statement> parse(String template) {
    StatementParser parser = new StatementParser(new TokenStream(Lexer.tokens(template)));
    return parser.statements("");
  }

  /// Statements up to the tag that begins with one of some names, which becomes current, or up to
  /// the end of the template if there are none.
  private List<Statement> statements(String opening, String... endings) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (!tokens.isAt(TokenKind.END)) {
      if (tokens.isAt(TokenKind.STATEMENT_BEGIN) && isEnding(endings)) {
        tokens.next();
        tokens.leave();
        return statements;
      }
      statements.add(statement());
    }
    if (endings.length > 0) {
      throw tokens.unexpected("'{% " + endings[endings.length - 1] + " %}' of '" + opening + "'");
    }
    tokens.leave();
    return statements;
  }

  private boolean isEnding(String... endings) {
    return Set.of(endings).contains(tokens.following().text())
        && tokens.following().kind() == TokenKind.NAME;
  }

  private Statement statement() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case TEXT -> new Statement.Text(token.position(), token.text());
      case PRINT_BEGIN -> {
        Expression value = expressions.tuple();
        tokens.expect(TokenKind.PRINT_END, "'}}'");
        yield new Statement.Print(token.position(), value);
      }
      default -> {
        Statement statement = tag(tokens.expectName());
        endTag();
        yield statement;
      }
    };
  }

  private void endTag() {
    tokens.expect(TokenKind.STATEMENT_END, "'%}'");
  }

  private Statement tag(Token name) {
    Position position = name.position();
    return switch (name.text()) {
      case "if" -> ifStatement(position);
      case "for" -> forStatement(position);
      case "set" -> set(position);
      case "macro" -> macro(position);
      case "call" -> callBlock(position);
      case "filter" ->
          new Statement.FilterBlock(
              position, expressions.filters(true), body("filter", "endfilter"));
      case "with" -> with(position);
      case "generation" ->
          new Statement.Block(position, List.of(), detachedBody("generation", "endgeneration"));
      case "print" -> new Statement.Print(position, expressions.tuple());
      case "break" -> new Statement.Break(inLoop(name));
      case "continue" -> new Statement.Continue(inLoop(name));
      default -> throw new JinjaException(position, "unknown tag '" + name.text() + "'");
    };
  }

  private Position inLoop(Token name) {
    if (loops == 0) {
      throw new JinjaException(name.position(), "'" + name.text() + "' outside a loop");
    }
    return name.position();
  }

  /// Statements from the end of this tag up to the tag with a name, which is passed but for its
  /// end.
  private List<Statement> body(String opening, String ending) {
    List<Statement> body = openBody(opening, ending);
    tokens.next();
    return body;
  }

  /// As [#body], but the name of the ending is current afterwards.
  private List<Statement> openBody(String opening, String... endings) {
    tokens.skipOperator(":");
    endTag();
    return statements(opening, endings);
  }

  /// A body out of which `break` and `continue` do not reach.
  private List<Statement> detachedBody(String opening, String ending) {
    int enclosing = loops;
    loops = 0;
    List<Statement> body = body(opening, ending);
    loops = enclosing;
    return body;
  }

  private Statement ifStatement(Position position) {
    List<Statement.Branch> branches = new ArrayList<>();
    String ending = "elif";
    while (ending.equals("elif")) {
      Optional<Expression> condition = Optional.of(expressions.tupleWithoutConditional());
      branches.add(new Statement.Branch(condition, openBody("if", "elif", "else", "endif")));
      ending = tokens.next().text();
    }
    if (ending.equals("else")) {
      branches.add(new Statement.Branch(Optional.empty(), body("else", "endif")));
    }
    return new Statement.If(position, branches);
  }

  private Statement forStatement(Position position) {
    Target target = target(false);
    if (!tokens.skipName("in")) {
      throw tokens.unexpected("'in'");
    }
    Expression iterable = expressions.tupleWithoutConditional();
    Optional<Expression> condition =
        tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    if (tokens.isAtName("recursive")) {
      throw new JinjaException(tokens.current().position(), "recursive loops are not supported");
    }
    loops++;
    List<Statement> body = openBody("for", "else", "endfor");
    loops--;
    boolean hasElse = tokens.next().text().equals("else");
    List<Statement> otherwise = hasElse ? body("else", "endfor") : List.of();
    return new Statement.For(position, target, iterable, condition, body, otherwise);
  }

  private Statement set(Position position) {
    Target target = target(true);
    if (tokens.skipOperator("=")) {
      return new Statement.Assign(position, target, expressions.tuple());
    }
    List<Expression.Application> filters = expressions.filters(false);
    return new Statement.Capture(position, target, filters, body("set", "endset"));
  }

  private Statement macro(Position position) {
    String name = tokens.expectName().text();
    List<Statement.Parameter> parameters = parameters();
    return new Statement.Macro(position, procedure(name, parameters, "macro"));
  }

  private Statement callBlock(Position position) {
    List<Statement.Parameter> parameters = tokens.isAtOperator("(") ? parameters() : List.of();
    Expression call = expressions.expression();
    if (!(call instanceof Expression.Call macroCall)) {
      throw new JinjaException(call.position(), "expected a call of a macro");
    }
    return new Statement.CallBlock(position, procedure("caller", parameters, "call"), macroCall);
  }

  private Statement.Procedure procedure(
      String name, List<Statement.Parameter> parameters, String opening) {
    Set<String> outer = expressions.takeNames();
    List<Statement> body = detachedBody(opening, "end" + opening);
    Set<String> used = expressions.takeNames();
    expressions.addNames(outer);
    expressions.addNames(used);
    Set<String> implicit = Set.copyOf(IMPLICIT.stream().filter(used::contains).toList());
    return new Statement.Procedure(name, parameters, body, implicit);
  }

  private List<Statement.Parameter> parameters() {
    List<Statement.Parameter> parameters = new ArrayList<>();
    tokens.expectOperator("(");
    while (!tokens.isAtOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      parameters.add(parameter(parameters));
    }
    tokens.next();
    return parameters;
  }

  private Statement.Parameter parameter(List<Statement.Parameter> before) {
    Token name = tokens.expectName();
    Optional<Expression> otherwise =
        tokens.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
    if (otherwise.isEmpty() && before.stream().anyMatch(p -> p.otherwise().isPresent())) {
      throw new JinjaException(
          name.position(), "parameter '" + name.text() + "' needs a default like those before it");
    }
    if (before.stream().anyMatch(p -> p.name().equals(name.text()))) {
      throw new JinjaException(name.position(), "two parameters are named '" + name.text() + "'");
    }
    return new Statement.Parameter(name.position(), name.text(), otherwise);
  }

  private Statement with(Position position) {
    List<Statement.Assign> variables = new ArrayList<>();
    while (!tokens.isAt(TokenKind.STATEMENT_END)) {
      if (!variables.isEmpty()) {
        tokens.expectOperator(",");
      }
      Target target = singleTarget(false);
      tokens.expectOperator("=");
      variables.add(new Statement.Assign(target.position(), target, expressions.expression()));
    }
    return new Statement.Block(position, variables, body("with", "endwith"));
  }

  /// What is assigned to: one target, or several with commas between them.
  ///
  /// @param isSet whether it is the statement `set`, which may assign to members and to `loop`
  private Target target(boolean isSet) {
    Position position = tokens.current().position();
    Target first = singleTarget(isSet);
    if (!tokens.isAtOperator(",")) {
      return first;
    }
    List<Target> targets = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",") && !endsTarget()) {
      targets.add(singleTarget(isSet));
    }
    return new Target.Tuple(position, targets);
  }

  private boolean endsTarget() {
    return tokens.isAtName("in")
        || tokens.isAtOperator("=")
        || tokens.isAtOperator(")")
        || tokens.isAt(TokenKind.STATEMENT_END);
  }

  private Target singleTarget(boolean isSet) {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Target inner = target(isSet);
      tokens.expectOperator(")");
      tokens.leave();
      return inner;
    }
    Token name = tokens.expectName();
    boolean isReserved = !isSet && name.text().equals("loop");
    if (isReserved || ExpressionParser.isLiteral(name.text())) {
      throw new JinjaException(name.position(), "cannot assign to '" + name.text() + "'");
    }
    return isSet && tokens.skipOperator(".")
        ? new Target.Member(name.position(), name.text(), tokens.expectName().text())
        : new Target.Variable(name.position(), name.text());
  }
}
