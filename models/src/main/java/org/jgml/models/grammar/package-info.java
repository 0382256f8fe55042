/// Grammars that a generated text must follow: GBNF as llama.cpp writes it, JSON schemas translated
/// to it, and the constraint of sampling that they make.
package org.jgml.models.grammar;
