/// From logits to the next token: a chain of small stages that narrow and reweigh candidates, and a
/// choice at its end.
package org.jgml.models.sampling;
