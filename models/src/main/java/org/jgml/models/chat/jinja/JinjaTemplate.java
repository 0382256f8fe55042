package org.jgml.models.chat.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A parsed template. Immutable; may be rendered by several threads at a time.
public final class JinjaTemplate {
  private final List<Statement> statements;

  private JinjaTemplate(List<Statement> statements) {
    this.statements = statements;
  }

  /// Parses a template.
  ///
  /// @throws JinjaException if it is malformed
  public static JinjaTemplate parse(String text) {
    return new JinjaTemplate(StatementParser.parse(text));
  }

  /// The text that the template makes of some variables.
  ///
  /// @param variables by name: null, texts, numbers, booleans, collections, and maps with texts as
  ///   keys
  /// @param now the time that `strftime_now` tells
  /// @throws JinjaException if the template fails, calls `raise_exception`, or does not end
  /// @throws IllegalArgumentException if a variable is something else
  public String render(Map<String, ?> variables, LocalDateTime now) {
    Map<String, Value> visible = new HashMap<>(Functions.table(now));
    variables.forEach((name, value) -> visible.put(name, Values.of(value)));
    return Renderer.render(statements, Scope.of(visible).inner());
  }
}
