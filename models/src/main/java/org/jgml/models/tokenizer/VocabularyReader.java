package org.jgml.models.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jgml.models.gguf.GgufArray;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufValueType;

/// Reads the `tokenizer.ggml` keys of a GGUF file.
final class VocabularyReader {
  static final String MODEL_KEY = "tokenizer.ggml.model";
  static final String PRE_TOKENIZER_KEY = "tokenizer.ggml.pre";
  static final String TOKENS_KEY = "tokenizer.ggml.tokens";
  static final String SCORES_KEY = "tokenizer.ggml.scores";
  static final String TYPES_KEY = "tokenizer.ggml.token_type";
  static final String CHARACTER_MAP_KEY = "tokenizer.ggml.precompiled_charsmap";
  static final String MERGES_KEY = "tokenizer.ggml.merges";

  /// Phi-3 drops white space after all special tokens but these. Files do not say so; the name of
  /// the model is the only sign.
  private static final Set<String> PHI3_KEEPS_SPACE_AFTER = Set.of("<unk>", "<s>", "<|endoftext|>");

  /// The hidden word of these pre-tokenizers takes the white space before it along. Files do not
  /// say so.
  private static final Map<String, String> MASKS_AFTER_SPACE =
      Map.of(
          "jina-v2-de", "<mask>",
          "jina-v2-es", "<mask>",
          "jina-v2-code", "<mask>",
          "modern-bert", "[MASK]");

  private final GgufMetadata metadata;
  private final VocabularyBuilder builder;

  private VocabularyReader(GgufMetadata metadata, TokenizerModel model) {
    this.metadata = metadata;
    builder = new VocabularyBuilder(model);
  }

  static Vocabulary read(GgufMetadata metadata) throws GgufException {
    Optional<String> name = metadata.string(MODEL_KEY);
    try {
      TokenizerModel model = name.map(TokenizerModel::named).orElse(TokenizerModel.NONE);
      return model == TokenizerModel.NONE
          ? Vocabulary.none()
          : new VocabularyReader(metadata, model).read();
    } catch (VocabularyException e) {
      throw (GgufException) metadata.malformed(e.key(), e.expected()).initCause(e);
    }
  }

  private Vocabulary read() throws GgufException {
    readTokens();
    switch (builder.model) {
      case BYTE_PAIR -> {
        readMerges();
        readPreTokenizer();
      }
      case CHARACTER_PAIR -> readMerges();
      case UNIGRAM -> readCharacterMap();
      case SENTENCE_PIECE, WORD_PIECE, NONE -> {}
    }
    readSpecialTokens();
    readFlags();
    stripAfterSpecialTokensOfPhi3();
    stripBeforeTheMask();
    return builder.build();
  }

  private void readTokens() throws GgufException {
    builder.tokens(List.of(metadata.requireArray(TOKENS_KEY, GgufValueType.STRING).strings()));
    metadata
        .array(SCORES_KEY, GgufValueType.FLOAT32, GgufValueType.INT32)
        .ifPresent(scores -> builder.scores(scores.floats()));
    metadata.array(TYPES_KEY, GgufValueType.INT32).ifPresent(types -> builder.types(types(types)));
  }

  private static TokenType[] types(GgufArray numbers) {
    return Arrays.stream(numbers.ints()).mapToObj(TokenType::numbered).toArray(TokenType[]::new);
  }

  private void readMerges() throws GgufException {
    GgufArray merges = metadata.requireArray(MERGES_KEY, GgufValueType.STRING);
    builder.merges(() -> Arrays.asList(merges.strings()));
  }

  private void readCharacterMap() throws GgufException {
    metadata
        .array(CHARACTER_MAP_KEY, GgufValueType.UINT8, GgufValueType.INT8)
        .ifPresent(map -> builder.characterMap(map.toBytes()));
  }

  private void readPreTokenizer() throws GgufException {
    metadata.string(PRE_TOKENIZER_KEY).map(PreTokenizer::named).ifPresent(builder::preTokenizer);
  }

  private void readSpecialTokens() throws GgufException {
    switch (builder.model) {
      case SENTENCE_PIECE -> {
        defaultTo(SpecialToken.UNKNOWN, 0);
        defaultTo(SpecialToken.BOS, 1);
        defaultTo(SpecialToken.EOS, 2);
      }
      case UNIGRAM -> {
        defaultTo(SpecialToken.PADDING, 0);
        defaultTo(SpecialToken.EOS, 1);
        defaultTo(SpecialToken.UNKNOWN, 2);
      }
      case WORD_PIECE -> {
        defaultTo(SpecialToken.PADDING, 0);
        defaultTo(SpecialToken.UNKNOWN, 100);
        defaultTo(SpecialToken.BOS, 101);
        defaultTo(SpecialToken.SEPARATOR, 102);
        defaultTo(SpecialToken.MASK, 103);
      }
      case BYTE_PAIR, CHARACTER_PAIR, NONE -> {}
    }
    for (SpecialToken part : SpecialToken.values()) {
      Optional<Long> token = metadata.integer(part.key());
      token.ifPresent(id -> builder.special(part, Math.clamp(id, -1, Integer.MAX_VALUE)));
    }
  }

  private void defaultTo(SpecialToken part, int token) {
    if (token < builder.texts.size()) {
      builder.special(part, token);
    }
  }

  private void readFlags() throws GgufException {
    for (TokenizerFlag flag : TokenizerFlag.values()) {
      Optional<String> key = flag.key().filter(metadata::contains);
      if (key.isPresent()) {
        builder.flag(flag, metadata.requireBool(key.orElseThrow()));
      }
    }
  }

  private void stripBeforeTheMask() throws GgufException {
    String mask = MASKS_AFTER_SPACE.get(metadata.string(PRE_TOKENIZER_KEY).orElse(""));
    int token = mask == null ? -1 : builder.texts.indexOf(mask);
    if (token >= 0) {
      builder.stripLeft(token);
    }
  }

  private void stripAfterSpecialTokensOfPhi3() throws GgufException {
    String name = metadata.string("general.name").orElse("").toLowerCase(Locale.ROOT);
    if (name.contains("phi-3") || name.contains("phi3")) {
      for (int token = 0; token < builder.texts.size(); token++) {
        if (!PHI3_KEEPS_SPACE_AFTER.contains(builder.texts.get(token))) {
          builder.stripRight(token);
        }
      }
    }
  }
}
