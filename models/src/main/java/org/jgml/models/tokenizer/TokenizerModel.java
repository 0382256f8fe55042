package org.jgml.models.tokenizer;

import java.util.List;

/// The algorithm a vocabulary is made for, `tokenizer.ggml.model` in GGUF.
public enum TokenizerModel {
  /// SentencePiece BPE: pairs are joined by score, unknown characters become byte tokens.
  SENTENCE_PIECE("llama"),
  /// Byte-level BPE: words are split off by a pattern, pairs of bytes are joined by merge rank.
  BYTE_PAIR("gpt2"),
  /// BPE of characters: text is split at line breaks only, pairs are joined by merge rank.
  CHARACTER_PAIR("gemma4"),
  /// SentencePiece unigram: the cut into tokens whose scores have the greatest sum.
  UNIGRAM("t5"),
  /// WordPiece: words are split off, lower case and without accents, and cut into longest tokens.
  WORD_PIECE("bert"),
  /// No vocabulary: the model speaks ids only.
  NONE("none", "no_vocab");

  private static final NameTable<TokenizerModel> NAMES =
      new NameTable<>(VocabularyReader.MODEL_KEY, values(), model -> model.names.stream());

  private final List<String> names;

  TokenizerModel(String... names) {
    this.names = List.of(names);
  }

  /// The model with this name in GGUF files.
  ///
  /// @throws IllegalArgumentException for any other name; the message lists the supported ones
  public static TokenizerModel named(String name) {
    return NAMES.named(name);
  }
}
