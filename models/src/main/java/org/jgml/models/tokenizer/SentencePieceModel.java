package org.jgml.models.tokenizer;

/// SentencePiece's BPE: characters are joined while their join is a token, highest score first;
/// characters that are no token become byte tokens.
final class SentencePieceModel implements SubwordModel {
  private final Vocabulary vocabulary;
  private final ByteFallback fallback;

  SentencePieceModel(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    fallback = new ByteFallback(vocabulary);
  }

  @Override
  public void encode(String text, boolean first, IntList tokens) {
    boolean prefixed = first && vocabulary.has(TokenizerFlag.ADD_SPACE_PREFIX);
    String escaped = (prefixed ? " " + text : text).replace(' ', ByteFallback.VISIBLE_SPACE);
    CharacterSymbols symbols = new CharacterSymbols(escaped, this::rank);
    for (int position : PairMerging.merge(symbols)) {
      fallback.encode(symbols.text(position), tokens);
    }
  }

  private int rank(String text, int start, int middle, int end) {
    int token = vocabulary.find(text.substring(start, end));
    return token < 0 ? PairMerging.NO_RANK : descending(vocabulary.score(token));
  }

  /// An int that is the smaller, the greater the score. Adding zero makes -0 equal to 0.
  private static int descending(float score) {
    int bits = Float.floatToIntBits(score + 0f);
    return ~(bits ^ (bits >> 31 & Integer.MAX_VALUE));
  }

  @Override
  public byte[] bytes(int token) {
    return fallback.decode(token);
  }
}
