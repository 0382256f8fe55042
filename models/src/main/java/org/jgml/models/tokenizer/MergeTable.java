package org.jgml.models.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The merges of byte-level BPE, by numbered symbols.
///
/// A symbol that is a token has the token's id. Merges may also form texts that are no token; those
/// are numbered from the size of the vocabulary.
final class MergeTable {
  private final Vocabulary vocabulary;
  private final Map<String, Integer> otherSymbols = new HashMap<>();
  private final List<String> otherTexts = new ArrayList<>();
  private final int[] byteSymbols = new int[256];
  private final int[] results;

  /// Ranks by pair of symbols, in a hash table with linear probing; half of it stays empty.
  private final long[] pairs;

  private final int[] ranks;

  MergeTable(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    List<String> merges = vocabulary.merges();
    results = new int[merges.size()];
    int capacity = Integer.highestOneBit(Math.max(1, merges.size())) * 4;
    pairs = new long[capacity];
    ranks = new int[capacity];
    for (int value = 0; value < byteSymbols.length; value++) {
      byteSymbols[value] = symbol(String.valueOf(ByteAlphabet.character(value)));
    }
    for (int rank = 0; rank < results.length; rank++) {
      addMerge(merges.get(rank), rank);
    }
  }

  private void addMerge(String merge, int rank) {
    int space = merge.indexOf(' ', 1);
    if (space < 0) {
      throw new IllegalArgumentException(
          "merge %d of the vocabulary is '%s', not two texts separated by a space"
              .formatted(rank, merge));
    }
    String left = merge.substring(0, space);
    String right = merge.substring(space + 1);
    results[rank] = symbol(left.concat(right));
    addPair(pair(symbol(left), symbol(right)), rank);
  }

  private int symbol(String text) {
    int token = vocabulary.find(text);
    return token >= 0 ? token : otherSymbols.computeIfAbsent(text, this::addSymbol);
  }

  private int addSymbol(String text) {
    otherTexts.add(text);
    return vocabulary.size() + otherTexts.size() - 1;
  }

  /// Never zero, which marks an empty slot.
  private static long pair(int left, int right) {
    return ((long) left << Integer.SIZE | right) + 1;
  }

  private void addPair(long pair, int rank) {
    int slot = slot(pair);
    if (pairs[slot] == 0) {
      pairs[slot] = pair;
      ranks[slot] = rank;
    }
  }

  /// The slot that holds a pair or else is free for it.
  private int slot(long pair) {
    int mask = pairs.length - 1;
    int slot = (int) (pair * 0x9E3779B97F4A7C15L >>> Integer.SIZE) & mask;
    while (pairs[slot] != 0 && pairs[slot] != pair) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /// The rank of the merge of two symbols, or [PairMerging#NO_RANK].
  int rank(int left, int right) {
    long pair = pair(left, right);
    int slot = slot(pair);
    return pairs[slot] == pair ? ranks[slot] : PairMerging.NO_RANK;
  }

  /// The symbol that the merge of this rank forms.
  int result(int rank) {
    return results[rank];
  }

  /// The symbol of a byte, given as an int from 0 to 255.
  int byteSymbol(int value) {
    return byteSymbols[value];
  }

  /// Whether the symbol is a token of the same number.
  boolean isToken(int symbol) {
    return symbol < vocabulary.size();
  }

  /// The text of a symbol that is no token.
  String otherText(int symbol) {
    return otherTexts.get(symbol - vocabulary.size());
  }
}
