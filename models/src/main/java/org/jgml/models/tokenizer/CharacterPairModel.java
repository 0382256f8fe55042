package org.jgml.models.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// BPE of characters, as Gemma 4 has it: the characters of each stretch between line breaks are
/// joined by merge rank; what is no token in the end becomes byte tokens.
final class CharacterPairModel implements SubwordModel {
  private static final Pattern STRETCH = Pattern.compile("[^\\n]++|\\n++");

  private final Vocabulary vocabulary;
  private final ByteFallback fallback;
  private final Lazy<Map<String, Integer>> ranks = new Lazy<>(this::readMerges);

  CharacterPairModel(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    fallback = new ByteFallback(vocabulary);
  }

  private Map<String, Integer> readMerges() {
    List<String> merges = vocabulary.merges();
    Map<String, Integer> read = HashMap.newHashMap(merges.size());
    for (int rank = 0; rank < merges.size(); rank++) {
      read.putIfAbsent(merges.get(rank), rank);
    }
    return read;
  }

  @Override
  public void encode(String text, boolean first, IntList tokens) {
    boolean prefixed = first && vocabulary.has(TokenizerFlag.ADD_SPACE_PREFIX);
    String escaped = (prefixed ? " " + text : text).replace(' ', ByteFallback.VISIBLE_SPACE);
    Matcher stretches = STRETCH.matcher(escaped);
    while (stretches.find()) {
      encodeStretch(stretches.group(), tokens);
    }
  }

  private void encodeStretch(String stretch, IntList tokens) {
    int lineBreaks = stretch.charAt(0) == '\n' ? vocabulary.find(stretch) : -1;
    if (lineBreaks >= 0) {
      tokens.add(lineBreaks);
      return;
    }
    CharacterSymbols symbols = new CharacterSymbols(stretch, this::rank);
    for (int position : PairMerging.merge(symbols)) {
      fallback.encode(symbols.text(position), tokens);
    }
  }

  /// Merges are two texts separated by a space; the texts themselves have none.
  private int rank(String text, int start, int middle, int end) {
    String merge = text.substring(start, middle) + ' ' + text.substring(middle, end);
    return ranks.get().getOrDefault(merge, PairMerging.NO_RANK);
  }

  @Override
  public byte[] bytes(int token) {
    return fallback.decode(token);
  }
}
