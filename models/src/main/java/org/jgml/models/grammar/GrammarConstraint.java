package org.jgml.models.grammar;

import java.util.BitSet;
import org.jgml.models.sampling.Candidates;
import org.jgml.models.sampling.Constraint;
import org.jgml.models.tokenizer.Tokenizer;

/// Makes a generated text follow a grammar. It may end only where the grammar may.
public final class GrammarConstraint implements Constraint {
  private final Tokenizer tokenizer;
  private final GrammarMatcher matcher;
  // Most texts need it rarely, and it takes a while for a large vocabulary.
  private TokenPieces pieces;

  /// A constraint for a new text.
  public GrammarConstraint(Grammar grammar, Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.matcher = grammar.newMatcher();
  }

  @Override
  public boolean mustEnd() {
    return matcher.mustEnd();
  }

  @Override
  public boolean allows(int token) {
    if (isEnd(token)) {
      return matcher.canEnd();
    }
    // A vocabulary may be padded: the model knows tokens that the tokenizer does not.
    if (token >= tokenizer.vocabulary().size()
        || !TokenPieces.isText(token, tokenizer.vocabulary())) {
      return false;
    }
    byte[] piece = tokenizer.piece(token);
    return piece.length > 0 && matcher.allows(piece);
  }

  @Override
  public void restrict(Candidates candidates) {
    BitSet allowed = new BitSet();
    if (matcher.canEnd()) {
      tokenizer.vocabulary().endOfGeneration().forEach(allowed::set);
    }
    if (pieces == null) {
      pieces = TokenPieces.of(tokenizer);
    }
    boolean[] fits = matcher.allowed(pieces.pieces());
    for (int i = 0; i < fits.length; i++) {
      if (fits[i] && !isEnd(pieces.tokens()[i])) {
        allowed.set(pieces.tokens()[i]);
      }
    }
    candidates.retain(i -> allowed.get(candidates.id(i)));
  }

  @Override
  public void accept(int token) {
    if (!isEnd(token)) {
      matcher.accept(tokenizer.piece(token));
    }
  }

  private boolean isEnd(int token) {
    return tokenizer.vocabulary().isEndOfGeneration(token);
  }

  @Override
  public String describe() {
    return matcher.mustEnd()
        ? "the text is complete by its grammar, and the vocabulary has no end of text"
        : "no token of the vocabulary continues the text as its grammar wants";
  }
}
