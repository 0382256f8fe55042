package org.jgml.models.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Small vocabularies for tests.
final class Vocabularies {
  private Vocabularies() {}

  /// A SentencePiece vocabulary: `<unk>`, `<s>`, `</s>`, the 256 bytes, then pieces of falling
  /// score.
  static VocabularyBuilder sentencePiece(String... pieces) {
    List<String> texts = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    IntStream.range(0, 256).mapToObj("<0x%02X>"::formatted).forEach(texts::add);
    texts.addAll(List.of(pieces));
    TokenType[] types = new TokenType[texts.size()];
    Arrays.fill(types, 0, 259, TokenType.BYTE);
    Arrays.fill(types, 259, types.length, TokenType.NORMAL);
    types[0] = TokenType.UNKNOWN;
    types[1] = TokenType.CONTROL;
    types[2] = TokenType.CONTROL;
    float[] scores = new float[texts.size()];
    for (int token = 259; token < scores.length; token++) {
      scores[token] = -token;
    }
    return new VocabularyBuilder(TokenizerModel.SENTENCE_PIECE)
        .tokens(texts)
        .types(types)
        .scores(scores)
        .special(SpecialToken.UNKNOWN, 0)
        .special(SpecialToken.BOS, 1)
        .special(SpecialToken.EOS, 2);
  }

  /// A byte-level vocabulary: the 256 bytes, then the results of the merges.
  static VocabularyBuilder bytePair(String... merges) {
    return new VocabularyBuilder(TokenizerModel.BYTE_PAIR)
        .tokens(bytePairTexts(merges).toList())
        .merges(List.of(merges))
        .preTokenizer(PreTokenizer.QWEN2);
  }

  /// The same, with special tokens after the others, whose types follow each other in turn.
  static VocabularyBuilder bytePair(List<String> special, TokenType... specialTypes) {
    List<String> texts = Stream.concat(bytePairTexts(), special.stream()).toList();
    TokenType[] types = new TokenType[texts.size()];
    Arrays.fill(types, TokenType.NORMAL);
    System.arraycopy(specialTypes, 0, types, 256, specialTypes.length);
    return bytePair().tokens(texts).types(types);
  }

  private static Stream<String> bytePairTexts(String... merges) {
    return Stream.concat(
        IntStream.range(0, 256).mapToObj(ByteAlphabet::character).map(String::valueOf),
        Stream.of(merges).map(merge -> merge.replace(" ", "")));
  }

  /// The tokens of a text as the vocabulary writes them.
  static List<String> texts(Tokenizer tokenizer, int... tokens) {
    return Arrays.stream(tokens).mapToObj(tokenizer.vocabulary()::text).toList();
  }
}
