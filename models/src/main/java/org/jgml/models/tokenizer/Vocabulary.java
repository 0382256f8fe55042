package org.jgml.models.tokenizer;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;

/// The tokens of a model and the properties that encoding and decoding need.
///
/// A token is an id from 0 to [#size]. Immutable; made by a [VocabularyBuilder].
public final class Vocabulary {
  private final TokenizerModel model;
  private final PreTokenizer preTokenizer;
  private final List<String> texts;
  private final float[] scores;
  private final TokenType[] types;
  private final Supplier<List<String>> merges;
  private final CharacterMap characterMap;
  private final Map<SpecialToken, Integer> special;
  private final Set<TokenizerFlag> flags;
  private final BitSet endOfGeneration;
  private final BitSet stripsLeft;
  private final BitSet stripsRight;
  private final Lazy<Map<String, Integer>> ids = new Lazy<>(this::index);

  Vocabulary(VocabularyBuilder parts) {
    model = parts.model;
    preTokenizer = parts.preTokenizer;
    texts = parts.texts;
    scores = parts.scores;
    types = parts.types.clone();
    merges = parts.merges;
    characterMap = parts.characterMap;
    special = new EnumMap<>(parts.special);
    flags = EnumSet.copyOf(parts.flags);
    endOfGeneration = (BitSet) parts.endOfGeneration.clone();
    stripsLeft = (BitSet) parts.stripsLeft.clone();
    stripsRight = (BitSet) parts.stripsRight.clone();
  }

  /// The vocabulary of a model that speaks ids only: it has no tokens, and a [Tokenizer] cannot be
  /// made of it.
  public static Vocabulary none() {
    return new VocabularyBuilder(TokenizerModel.NONE).build();
  }

  /// The vocabulary of a GGUF file, which must stay open: merges are read when first needed.
  ///
  /// @throws GgufException if there is a vocabulary and it is malformed, or made for a tokenizer
  ///   that is not supported
  public static Vocabulary read(GgufMetadata metadata) throws GgufException {
    return VocabularyReader.read(metadata);
  }

  public TokenizerModel model() {
    return model;
  }

  /// How text is split into words; of use to [TokenizerModel#BYTE_PAIR] only.
  public PreTokenizer preTokenizer() {
    return preTokenizer;
  }

  /// The number of tokens.
  public int size() {
    return texts.size();
  }

  /// A token as the vocabulary writes it, with `▁` or `Ġ` for a space; see [Tokenizer#piece].
  ///
  /// @throws IllegalArgumentException if there is no such token
  public String text(int token) {
    return texts.get(check(token));
  }

  /// A token's score; 0 where the vocabulary has none.
  ///
  /// @throws IllegalArgumentException if there is no such token
  public float score(int token) {
    return scores[check(token)];
  }

  /// A token's type.
  ///
  /// @throws IllegalArgumentException if there is no such token
  public TokenType type(int token) {
    return types[check(token)];
  }

  private int check(int token) {
    if (token < 0 || token >= size()) {
      throw new IllegalArgumentException(
          "token %d is not in the vocabulary, which has %d tokens".formatted(token, size()));
    }
    return token;
  }

  /// The token with this text, the first of several.
  public OptionalInt token(String text) {
    int token = find(text);
    return token < 0 ? OptionalInt.empty() : OptionalInt.of(token);
  }

  /// The token with this text, or -1.
  int find(String text) {
    Integer token = ids.get().get(text);
    return token == null ? -1 : token;
  }

  private Map<String, Integer> index() {
    Map<String, Integer> index = HashMap.newHashMap(size());
    for (int token = 0; token < size(); token++) {
      index.putIfAbsent(texts.get(token), token);
    }
    return index;
  }

  /// The merges of byte-level BPE, two texts separated by a space each, best first.
  public List<String> merges() {
    return merges.get();
  }

  /// What is put in the place of characters; of use to [TokenizerModel#UNIGRAM] only.
  CharacterMap characterMap() {
    return characterMap;
  }

  /// The token that plays a part.
  public OptionalInt special(SpecialToken part) {
    Integer token = special.get(part);
    return token == null ? OptionalInt.empty() : OptionalInt.of(token);
  }

  public boolean has(TokenizerFlag flag) {
    return flags.contains(flag);
  }

  /// Whether generation ends with this token: the end of a sequence, turn or message.
  public boolean isEndOfGeneration(int token) {
    return token >= 0 && endOfGeneration.get(token);
  }

  /// The tokens for which [#isEndOfGeneration] holds, in order.
  public IntStream endOfGeneration() {
    return endOfGeneration.stream();
  }

  /// Whether white space before this special token is dropped.
  boolean stripsLeft(int token) {
    return stripsLeft.get(token);
  }

  /// Whether white space after this special token is dropped.
  boolean stripsRight(int token) {
    return stripsRight.get(token);
  }
}
