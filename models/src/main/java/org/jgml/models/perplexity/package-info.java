/// How well models predict texts: perplexity, and divergence from the predictions of another model.
///
/// [org.jgml.models.perplexity.Perplexity] measures; results are those of llama-perplexity on the
/// same file, and saved predictions are in its format.
package org.jgml.models.perplexity;
