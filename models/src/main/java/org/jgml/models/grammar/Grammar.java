package org.jgml.models.grammar;

import java.nio.charset.StandardCharsets;
import org.jgml.models.sampling.Constraint;
import org.jgml.models.sampling.TextForm;
import org.jgml.models.tokenizer.Tokenizer;

/// The texts that may be generated: a grammar as llama.cpp writes it (GBNF). Immutable and safe for
/// use by many threads.
public final class Grammar implements TextForm {
  private final Rule root;

  private Grammar(Rule root) {
    this.root = root;
  }

  /// Reads GBNF; a text follows the rule named `root`.
  ///
  /// @throws GrammarException if the text is no grammar, with line and column
  public static Grammar parse(String gbnf) {
    return new Grammar(GbnfParser.parse(gbnf));
  }

  /// The JSON texts that are valid under a schema.
  ///
  /// @throws GrammarException if the schema is malformed, or asks for what a grammar cannot express
  public static Grammar ofJsonSchema(String schema) {
    return parse(JsonSchema.toGbnf(schema));
  }

  /// A matcher at the beginning of a text.
  public GrammarMatcher newMatcher() {
    return new GrammarMatcher(new Automaton(root));
  }

  @Override
  public Constraint constraint(Tokenizer tokenizer) {
    return new GrammarConstraint(this, tokenizer);
  }

  /// Whether a whole text follows the grammar.
  public boolean matches(String text) {
    GrammarMatcher matcher = newMatcher();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!matcher.allows(bytes)) {
      return false;
    }
    matcher.accept(bytes);
    return matcher.canEnd();
  }
}
