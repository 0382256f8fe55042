package org.jgml.models.sampling;

import org.jgml.models.tokenizer.Tokenizer;

/// A form that texts must have, such as a grammar. Immutable: each text has a [Constraint] of its
/// own.
@FunctionalInterface
public interface TextForm {
  /// The constraint of a new text.
  Constraint constraint(Tokenizer tokenizer);
}
