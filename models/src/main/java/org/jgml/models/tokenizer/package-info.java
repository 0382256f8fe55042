/// Text to token ids and back, by the vocabularies that GGUF files carry.
///
/// A [org.jgml.models.tokenizer.Vocabulary] is data; a [org.jgml.models.tokenizer.Tokenizer]
/// applies it: special tokens are cut out first, the text between them is split by one of two
/// algorithms, SentencePiece's BPE (`llama` in GGUF) or byte-level BPE (`gpt2`). A
/// [org.jgml.models.tokenizer.TextStream] turns tokens into text while they are generated.
package org.jgml.models.tokenizer;
