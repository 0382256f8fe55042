package org.jgml.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/// Text to token ids and back, by one vocabulary.
///
/// The ids are those of llama.cpp for the same vocabulary. Tables are built when first needed: a
/// tokenizer that only decodes never sees the merges. Immutable and safe for use by many threads.
public final class Tokenizer {
  private static final byte[] NO_BYTES = {};

  private final Vocabulary vocabulary;
  private final SubwordModel model;
  private final Lazy<SpecialTokenSplitter> userDefined;
  private final Lazy<SpecialTokenSplitter> allSpecial;

  /// @throws IllegalArgumentException if the vocabulary is [Vocabulary#none]
  public Tokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    model = SubwordModel.of(vocabulary);
    userDefined = splitter(token -> vocabulary.type(token) == TokenType.USER_DEFINED);
    allSpecial = splitter(token -> vocabulary.type(token).isSpecial());
  }

  private Lazy<SpecialTokenSplitter> splitter(IntPredicate wanted) {
    return new Lazy<>(() -> new SpecialTokenSplitter(vocabulary, wanted));
  }

  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /// The tokens of a text. An unpaired surrogate counts as `?`.
  ///
  /// @param addSpecial add the beginning and end of sequence, if the vocabulary asks for them
  /// @param parseSpecial take text that spells a control token for that token; leave it off for
  ///   text that users type
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    IntList tokens = new IntList();
    if (addSpecial) {
      addIf(TokenizerFlag.ADD_BOS, SpecialToken.BOS, tokens);
    }
    boolean first = true;
    for (Fragment fragment : (parseSpecial ? allSpecial : userDefined).get().split(text)) {
      switch (fragment) {
        case Fragment.Token(int id) -> tokens.add(id);
        case Fragment.Text(String words) -> model.encode(words, first, tokens);
      }
      first = fragment instanceof Fragment.Token;
    }
    if (addSpecial) {
      addEnd(tokens);
    }
    return tokens.toArray();
  }

  private void addEnd(IntList tokens) {
    switch (vocabulary.model()) {
      case WORD_PIECE -> addIf(TokenizerFlag.ADD_SEPARATOR, SpecialToken.SEPARATOR, tokens);
      case SENTENCE_PIECE, BYTE_PAIR, CHARACTER_PAIR, UNIGRAM, NONE ->
          addIf(TokenizerFlag.ADD_EOS, SpecialToken.EOS, tokens);
    }
  }

  private void addIf(TokenizerFlag flag, SpecialToken kind, IntList tokens) {
    if (vocabulary.has(flag)) {
      vocabulary.special(kind).ifPresent(tokens::add);
    }
  }

  /// The tokens of a text in UTF-8; malformed bytes count as U+FFFD.
  public int[] encode(byte[] utf8, boolean addSpecial, boolean parseSpecial) {
    return encode(new String(utf8, StandardCharsets.UTF_8), addSpecial, parseSpecial);
  }

  /// The bytes a token stands for; they may be part of a character. Control tokens give their name.
  ///
  /// @throws IllegalArgumentException if the vocabulary has no such token
  public byte[] piece(int token) {
    return switch (vocabulary.type(token)) {
      case NORMAL, BYTE -> model.bytes(token);
      case CONTROL, UNKNOWN, USER_DEFINED ->
          vocabulary.text(token).getBytes(StandardCharsets.UTF_8);
      case UNUSED -> NO_BYTES;
    };
  }

  /// The piece of a token, or nothing if it is a mark that is not wanted.
  byte[] piece(int token, boolean keepSpecial) {
    return keepSpecial || !vocabulary.type(token).isMark() ? piece(token) : NO_BYTES;
  }

  /// The text of tokens; bytes that are no UTF-8 become U+FFFD.
  ///
  /// The space that encoding puts in front is removed, and spaces are cleaned up if the vocabulary
  /// asks for it. A [TextStream] does neither.
  ///
  /// @param keepSpecial show control tokens by name instead of leaving them out
  /// @throws IllegalArgumentException if the vocabulary has not all the tokens
  public String decode(int[] tokens, boolean keepSpecial) {
    return new String(decodeBytes(tokens, keepSpecial), StandardCharsets.UTF_8);
  }

  /// The same as [#decode] in UTF-8, as far as the tokens spell whole characters.
  public byte[] decodeBytes(int[] tokens, boolean keepSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean prefixed = vocabulary.has(TokenizerFlag.ADD_SPACE_PREFIX);
    for (int token : tokens) {
      byte[] piece = piece(token, keepSpecial);
      int skipped = prefixed && piece.length > 0 && piece[0] == ' ' ? 1 : 0;
      bytes.write(piece, skipped, piece.length - skipped);
      prefixed &= piece.length == 0;
    }
    byte[] text = bytes.toByteArray();
    return vocabulary.has(TokenizerFlag.CLEAN_UP_SPACES) ? SpaceCleanUp.apply(text) : text;
  }
}
