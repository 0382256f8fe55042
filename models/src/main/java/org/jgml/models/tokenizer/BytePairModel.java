package org.jgml.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Byte-level BPE: text is split into words, the bytes of each word are joined by merge rank.
final class BytePairModel implements SubwordModel {
  private final Vocabulary vocabulary;
  private final Lazy<WordSplitter> splitter;
  private final Lazy<MergeTable> merges;

  BytePairModel(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    splitter = new Lazy<>(() -> new WordSplitter(vocabulary.preTokenizer()));
    merges = new Lazy<>(() -> new MergeTable(vocabulary));
  }

  @Override
  public void encode(String text, boolean first, IntList tokens) {
    int start = 0;
    for (int end : splitter.get().ends(text)) {
      encodeWord(text.substring(start, end), tokens);
      start = end;
    }
  }

  private void encodeWord(String word, IntList tokens) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    if (vocabulary.has(TokenizerFlag.IGNORE_MERGES)) {
      int token = vocabulary.find(ByteAlphabet.encode(bytes));
      if (token >= 0) {
        tokens.add(token);
        return;
      }
    }
    Bytes symbols = new Bytes(bytes, merges.get());
    for (int position : PairMerging.merge(symbols)) {
      emit(symbols.symbol(position), tokens);
    }
  }

  private void emit(int symbol, IntList tokens) {
    if (merges.get().isToken(symbol)) {
      tokens.add(symbol);
    } else {
      emitCharacters(merges.get().otherText(symbol), tokens);
    }
  }

  /// The tokens of the single bytes; a byte without one is left out if there is no unknown token.
  private void emitCharacters(String text, IntList tokens) {
    for (int i = 0; i < text.length(); i++) {
      int token = vocabulary.find(text.substring(i, i + 1));
      if (token < 0) {
        token = vocabulary.special(SpecialToken.UNKNOWN).orElse(-1);
      }
      if (token >= 0) {
        tokens.add(token);
      }
    }
  }

  @Override
  public byte[] bytes(int token) {
    return ByteAlphabet.decode(vocabulary.text(token));
  }

  /// The symbols of a word, at first one per byte.
  private record Bytes(int[] symbols, MergeTable merges) implements PairMerging.Symbols {
    Bytes(byte[] word, MergeTable merges) {
      this(new int[word.length], merges);
      Arrays.setAll(symbols, i -> merges.byteSymbol(Byte.toUnsignedInt(word[i])));
    }

    int symbol(int position) {
      return symbols[position];
    }

    @Override
    public int count() {
      return symbols.length;
    }

    @Override
    public int rank(int left, int right) {
      return merges.rank(symbols[left], symbols[right]);
    }

    @Override
    public void join(int left, int right, int rank) {
      symbols[left] = merges.result(rank);
    }
  }
}
