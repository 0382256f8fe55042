package org.jgml.models.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Collects the parts of a [Vocabulary], fills in defaults, and checks that they fit together.
///
/// Special tokens that are not given are recognised by their usual texts, and such tokens become
/// control tokens whatever their given type.
public final class VocabularyBuilder {
  /// Texts of tokens that end generation besides the ends of a sequence, turn and message.
  private static final Set<String> END_TEXTS =
      Set.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "<end_of_utterance>",
          "<｜end▁of▁sentence｜>");

  /// The parts whose tokens end generation.
  private static final Set<SpecialToken> END_PARTS =
      EnumSet.of(
          SpecialToken.EOS,
          SpecialToken.EOT,
          SpecialToken.EOM,
          SpecialToken.FIM_PADDING,
          SpecialToken.FIM_REPOSITORY,
          SpecialToken.FIM_SEPARATOR);

  /// Every text by which a token is recognised.
  private static final Set<String> KNOWN_TEXTS =
      Stream.concat(
              END_TEXTS.stream(),
              Arrays.stream(SpecialToken.values()).flatMap(part -> part.usualTexts().stream()))
          .collect(Collectors.toUnmodifiableSet());

  final TokenizerModel model;
  PreTokenizer preTokenizer = PreTokenizer.DEFAULT;
  List<String> texts = List.of();
  float[] scores;
  TokenType[] types;
  Supplier<List<String>> merges = List::of;
  CharacterMap characterMap = new CharacterMap();
  final Map<SpecialToken, Integer> special = new EnumMap<>(SpecialToken.class);
  final Set<TokenizerFlag> flags = EnumSet.noneOf(TokenizerFlag.class);
  final BitSet endOfGeneration = new BitSet();
  final BitSet stripsLeft = new BitSet();
  final BitSet stripsRight = new BitSet();

  /// Starts with the defaults of the model: SentencePiece adds the beginning of a sequence and a
  /// space in front.
  public VocabularyBuilder(TokenizerModel model) {
    this.model = model;
    switch (model) {
      case SENTENCE_PIECE -> {
        flags.add(TokenizerFlag.ADD_BOS);
        flags.add(TokenizerFlag.ADD_SPACE_PREFIX);
      }
      case BYTE_PAIR -> flags.addAll(preTokenizer.flags());
      case CHARACTER_PAIR -> flags.add(TokenizerFlag.ADD_BOS);
      case UNIGRAM -> flags.add(TokenizerFlag.ADD_EOS);
      case WORD_PIECE -> {
        flags.add(TokenizerFlag.ADD_BOS);
        flags.add(TokenizerFlag.ADD_SEPARATOR);
        flags.add(TokenizerFlag.CLEAN_UP_SPACES);
      }
      case NONE -> {}
    }
  }

  public VocabularyBuilder tokens(List<String> texts) {
    this.texts = List.copyOf(texts);
    return this;
  }

  public VocabularyBuilder scores(float... scores) {
    this.scores = scores.clone();
    return this;
  }

  public VocabularyBuilder types(TokenType... types) {
    this.types = types.clone();
    return this;
  }

  public VocabularyBuilder merges(List<String> merges) {
    List<String> copy = List.copyOf(merges);
    this.merges = () -> copy;
    return this;
  }

  /// Merges that are read when first needed.
  VocabularyBuilder merges(Supplier<List<String>> merges) {
    this.merges = new Lazy<>(merges);
    return this;
  }

  /// Sets what Unigram puts in the place of characters.
  ///
  /// @param precompiled as SentencePiece compiles it: the size of a trie, the trie, and texts
  /// @throws IllegalArgumentException if the trie is longer than that
  public VocabularyBuilder characterMap(byte... precompiled) {
    characterMap = new CharacterMap(precompiled);
    return this;
  }

  /// Sets how text is split into words, with the flags that brings.
  public VocabularyBuilder preTokenizer(PreTokenizer preTokenizer) {
    flags.removeAll(this.preTokenizer.flags());
    this.preTokenizer = preTokenizer;
    flags.addAll(preTokenizer.flags());
    return this;
  }

  public VocabularyBuilder special(SpecialToken part, int token) {
    special.put(part, token);
    return this;
  }

  public VocabularyBuilder flag(TokenizerFlag flag, boolean on) {
    if (on) {
      flags.add(flag);
    } else {
      flags.remove(flag);
    }
    return this;
  }

  /// White space before this special token is dropped.
  public VocabularyBuilder stripLeft(int token) {
    stripsLeft.set(token);
    return this;
  }

  /// White space after this special token is dropped.
  public VocabularyBuilder stripRight(int token) {
    stripsRight.set(token);
    return this;
  }

  /// Makes the vocabulary.
  ///
  /// @throws IllegalArgumentException if the parts do not fit together
  public Vocabulary build() {
    fillIn();
    check();
    recogniseSpecialTokens();
    return new Vocabulary(this);
  }

  private void fillIn() {
    if (scores == null) {
      scores = new float[texts.size()];
    }
    if (types == null) {
      types = new TokenType[texts.size()];
      Arrays.fill(types, TokenType.NORMAL);
    }
  }

  private void check() {
    checkCount(VocabularyReader.SCORES_KEY, scores.length);
    checkCount(VocabularyReader.TYPES_KEY, types.length);
    special.forEach(this::checkToken);
    checkPresent(TokenizerFlag.ADD_BOS, SpecialToken.BOS);
    checkPresent(TokenizerFlag.ADD_EOS, SpecialToken.EOS);
    if (model == TokenizerModel.WORD_PIECE) {
      checkPresent(TokenizerFlag.ADD_SEPARATOR, SpecialToken.SEPARATOR);
    }
  }

  private void checkCount(String key, int count) {
    if (count != texts.size()) {
      throw new VocabularyException(
          key, "one element for each of the %d tokens".formatted(texts.size()), count);
    }
  }

  private void checkToken(SpecialToken part, int token) {
    if (token < 0 || token >= texts.size()) {
      throw new VocabularyException(
          part.key(), "one of the %d tokens".formatted(texts.size()), token);
    }
  }

  private void checkPresent(TokenizerFlag flag, SpecialToken part) {
    if (flags.contains(flag) && !special.containsKey(part)) {
      String expected = "a token, because %s is on".formatted(flag.key().orElseThrow());
      throw new VocabularyException(part.key(), expected, "none");
    }
  }

  private void recogniseSpecialTokens() {
    Map<String, Integer> known = knownTokens();
    for (SpecialToken part : SpecialToken.values()) {
      if (!special.containsKey(part)) {
        part.usualTexts().stream()
            .filter(known::containsKey)
            .findFirst()
            .ifPresent(text -> recognise(part, known.get(text)));
      }
    }
    known.forEach(this::recogniseEnd);
    END_PARTS.stream()
        .filter(special::containsKey)
        .forEach(part -> endOfGeneration.set(special.get(part)));
  }

  private Map<String, Integer> knownTokens() {
    Map<String, Integer> known = new HashMap<>();
    for (int token = 0; token < texts.size(); token++) {
      if (KNOWN_TEXTS.contains(texts.get(token))) {
        known.putIfAbsent(texts.get(token), token);
      }
    }
    return known;
  }

  private void recognise(SpecialToken part, int token) {
    special.put(part, token);
    types[token] = TokenType.CONTROL;
  }

  private void recogniseEnd(String text, int token) {
    if (END_TEXTS.contains(text)) {
      endOfGeneration.set(token);
      types[token] = TokenType.CONTROL;
    }
  }
}
