package org.jgml.models.tokenizer;

/// The part of a tokenizer that differs by algorithm: text without special tokens to ids, and the
/// bytes of a token.
sealed interface SubwordModel
    permits BytePairModel, CharacterPairModel, SentencePieceModel, UnigramModel, WordPieceModel {
  /// Appends the tokens of `text`.
  ///
  /// @param first whether the text starts the input or follows a special token
  void encode(String text, boolean first, IntList tokens);

  /// The bytes that a token of type normal or byte stands for.
  byte[] bytes(int token);

  static SubwordModel of(Vocabulary vocabulary) {
    return switch (vocabulary.model()) {
      case SENTENCE_PIECE -> new SentencePieceModel(vocabulary);
      case BYTE_PAIR -> new BytePairModel(vocabulary);
      case CHARACTER_PAIR -> new CharacterPairModel(vocabulary);
      case UNIGRAM -> new UnigramModel(vocabulary);
      case WORD_PIECE -> new WordPieceModel(vocabulary);
      case NONE ->
          throw new IllegalArgumentException(
              "the model has no vocabulary: text cannot be encoded or decoded, only token ids"
                  + " work");
    };
  }
}
