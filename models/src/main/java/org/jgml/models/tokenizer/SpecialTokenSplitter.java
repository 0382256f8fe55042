package org.jgml.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Cuts the special tokens out of a text: longer tokens first, each from left to right.
final class SpecialTokenSplitter {
  private final Vocabulary vocabulary;

  /// The ids, longest text first.
  private final int[] tokens;

  private final TrieNode root = new TrieNode();

  /// @param wanted which tokens to look for
  SpecialTokenSplitter(Vocabulary vocabulary, IntPredicate wanted) {
    this.vocabulary = vocabulary;
    tokens =
        IntStream.range(0, vocabulary.size())
            .filter(wanted)
            .filter(token -> !vocabulary.text(token).isEmpty())
            .boxed()
            .sorted(Comparator.comparing(this::utf8Length, Comparator.reverseOrder()))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int order = 0; order < tokens.length; order++) {
      root.add(vocabulary.text(tokens[order]), order);
    }
  }

  private int utf8Length(int token) {
    return vocabulary.text(token).getBytes(StandardCharsets.UTF_8).length;
  }

  List<Fragment> split(String text) {
    List<Fragment> fragments = text.isEmpty() ? List.of() : List.of(new Fragment.Text(text));
    for (int order : occurring(text).stream().toArray()) {
      fragments = cutOut(tokens[order], fragments);
    }
    return fragments;
  }

  /// The positions in [#tokens] of those that the text contains: one pass instead of one search for
  /// each of the thousands that some vocabularies have.
  private BitSet occurring(String text) {
    BitSet found = new BitSet();
    if (tokens.length > 0) {
      for (int start = 0; start < text.length(); start++) {
        root.findPrefixes(text, start, found);
      }
    }
    return found;
  }

  private List<Fragment> cutOut(int token, List<Fragment> fragments) {
    List<Fragment> result = new ArrayList<>();
    for (Fragment fragment : fragments) {
      switch (fragment) {
        case Fragment.Token found -> result.add(found);
        case Fragment.Text(String text) -> cutOut(token, text, result);
      }
    }
    return result;
  }

  private void cutOut(int token, String text, List<Fragment> result) {
    String special = vocabulary.text(token);
    int start = 0;
    int match = text.indexOf(special);
    while (match >= 0) {
      int end = vocabulary.stripsLeft(token) ? skipSpacesBack(text, start, match) : match;
      addText(text.substring(start, end), result);
      result.add(new Fragment.Token(token));
      start = match + special.length();
      start = vocabulary.stripsRight(token) ? skipSpaces(text, start) : start;
      match = text.indexOf(special, start);
    }
    addText(text.substring(start), result);
  }

  private static void addText(String text, List<Fragment> result) {
    if (!text.isEmpty()) {
      result.add(new Fragment.Text(text));
    }
  }

  private static int skipSpaces(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int skipSpacesBack(String text, int start, int from) {
    int at = from;
    while (at > start && isSpace(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  /// ASCII white space.
  private static boolean isSpace(char character) {
    return character == ' ' || character >= '\t' && character <= '\r';
  }

  /// A node of the prefix tree of the token texts.
  private static final class TrieNode {
    private final Map<Character, TrieNode> children = new HashMap<>();
    private int order = -1;

    void add(String text, int order) {
      TrieNode node = this;
      for (int i = 0; i < text.length(); i++) {
        node = node.children.computeIfAbsent(text.charAt(i), _ -> new TrieNode());
      }
      node.order = order;
    }

    /// Notes every token that begins at `start`.
    void findPrefixes(String text, int start, BitSet found) {
      TrieNode node = children.get(text.charAt(start));
      for (int at = start + 1; node != null; at++) {
        if (node.order >= 0) {
          found.set(node.order);
        }
        node = at < text.length() ? node.children.get(text.charAt(at)) : null;
      }
    }
  }
}
