package org.jgml.models.tokenizer;

import static org.jgml.models.tokenizer.TokenizerFlag.ADD_BOS;
import static org.jgml.models.tokenizer.TokenizerFlag.CLEAN_UP_SPACES;
import static org.jgml.models.tokenizer.TokenizerFlag.IGNORE_MERGES;

import java.util.List;
import java.util.Set;

/// How byte-level BPE splits text into words before merging, `tokenizer.ggml.pre` in GGUF.
///
/// Each has the names in use for it, the flags it brings, and patterns: the first splits the text,
/// each further one splits the words of the one before. Text between matches is a word too.
public enum PreTokenizer {
  DEFAULT(
      Set.of("default"),
      Set.of(CLEAN_UP_SPACES),
      WordPattern.PUNCTUATION_RUN,
      WordPattern.GPT2,
      WordPattern.DIGITS,
      WordPattern.THREE_ASCII_DIGITS),
  GPT2(
      Set.of(
          "gpt-2",
          "phi-2",
          "mpt",
          "olmo",
          "jais",
          "exaone4",
          "gigachat",
          "mellum",
          "a.x-4.0",
          "jina-es",
          "jina-de",
          "jina-v2-es",
          "jina-v2-de",
          "jina-v1-en",
          "jina-v2-code",
          "roberta-bpe",
          "modern-bert"),
      Set.of(CLEAN_UP_SPACES),
      WordPattern.GPT2),
  TRILLION(Set.of("trillion", "granite-docling"), Set.of(), WordPattern.GPT2),
  JAIS2(Set.of("jais-2"), Set.of(CLEAN_UP_SPACES), WordPattern.JAIS2),
  STARCODER(
      Set.of("starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"),
      Set.of(CLEAN_UP_SPACES),
      WordPattern.DIGIT,
      WordPattern.GPT2),
  COMMAND_R(Set.of("command-r", "smollm"), Set.of(), WordPattern.DIGIT, WordPattern.GPT2),
  FALCON(
      Set.of("falcon"),
      Set.of(CLEAN_UP_SPACES),
      WordPattern.PUNCTUATION_RUN_WITH_BACKTICK,
      WordPattern.GPT2,
      WordPattern.THREE_ASCII_DIGITS),
  LLAMA3(
      Set.of(
          "llama-bpe",
          "llama3",
          "llama-v3",
          "falcon3",
          "falcon-h1",
          "pixtral",
          "lfm2",
          "midm-2.0",
          "jina-v5-nano"),
      Set.of(CLEAN_UP_SPACES, ADD_BOS, IGNORE_MERGES),
      WordPattern.LLAMA3),
  MINICPM5(
      Set.of("minicpm5"),
      Set.of(CLEAN_UP_SPACES, IGNORE_MERGES),
      WordPattern.UP_TO_THREE_DIGITS,
      WordPattern.LLAMA3),
  DBRX(
      Set.of("dbrx", "smaug-bpe", "chatglm-bpe", "glm4"),
      Set.of(CLEAN_UP_SPACES),
      WordPattern.LLAMA3),
  QWEN2(
      Set.of("qwen2", "deepseek-r1-qwen", "kormo", "hunyuan", "grok-2", "solar-open", "f2llmv2"),
      Set.of(),
      WordPattern.QWEN2),
  STABLELM2(Set.of("stablelm2", "megrez"), Set.of(CLEAN_UP_SPACES), WordPattern.QWEN2),
  LAGUNA(Set.of("laguna"), Set.of(), WordPattern.LINES, WordPattern.QWEN2),
  QWEN35(Set.of("qwen35"), Set.of(), WordPattern.QWEN35),
  UFAKZEKA(Set.of("ufakzeka"), Set.of(), WordPattern.QWEN2_WITHOUT_CONTRACTIONS),
  EXAONE_MOE(Set.of("exaone-moe"), Set.of(CLEAN_UP_SPACES), WordPattern.EXAONE_MOE),
  TEKKEN(Set.of("tekken"), Set.of(ADD_BOS, IGNORE_MERGES), WordPattern.TEKKEN),
  GPT4O(Set.of("gpt-4o", "llama4", "kanana2", "minimax-m2", "talkie"), Set.of(), WordPattern.GPT4O),
  GRANITE_EMBEDDING(Set.of("granite-embed-multi-97m"), Set.of(IGNORE_MERGES), WordPattern.GPT4O),
  TINY_AYA(
      Set.of("tiny_aya", "cohere2moe"),
      Set.of(),
      WordPattern.WHOLE_NUMBER_BY_THREE,
      WordPattern.GPT4O),
  YOUTU(
      Set.of("youtu"),
      Set.of(IGNORE_MERGES),
      WordPattern.EAST_ASIAN_BY_KIND,
      WordPattern.GPT4O_SINGLE_DIGITS),
  DEEPSEEK_LLM(
      Set.of("deepseek-llm"),
      Set.of(),
      WordPattern.LINE_BREAK,
      WordPattern.DEEPSEEK_LLM_LETTERS,
      WordPattern.DEEPSEEK_LLM_PUNCTUATION,
      WordPattern.TRAILING_SPACES,
      WordPattern.EAST_ASIAN_RUN,
      WordPattern.DIGITS),
  DEEPSEEK_CODER(
      Set.of("deepseek-coder"),
      Set.of(),
      WordPattern.LINE_BREAK,
      WordPattern.SPACED_LETTERS,
      WordPattern.SPACED_PUNCTUATION,
      WordPattern.EAST_ASIAN_RUN,
      WordPattern.DIGIT),
  DEEPSEEK_V3(
      Set.of("deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"),
      Set.of(),
      WordPattern.UP_TO_THREE_DIGITS,
      WordPattern.CJK_RUN,
      WordPattern.DEEPSEEK_V3),
  SPARK(Set.of("spark2_5"), Set.of(), WordPattern.DIGIT, WordPattern.CJK_RUN, WordPattern.SPARK),
  AFMOE(
      Set.of("afmoe"),
      Set.of(),
      WordPattern.DIGITS,
      WordPattern.DIGITS_BY_THREE,
      WordPattern.UNSPACED_SCRIPT_RUN,
      WordPattern.DEEPSEEK_V3),
  BAILING(Set.of("bailingmoe", "bailingmoe2", "llada-moe"), Set.of(), WordPattern.BAILING),
  BLOOM(Set.of("bloom", "gpt3-finnish"), Set.of(CLEAN_UP_SPACES), WordPattern.BLOOM),
  PORO(Set.of("poro-chat"), Set.of(), WordPattern.BLOOM),
  VIKING(Set.of("viking"), Set.of(), WordPattern.BLOOM, WordPattern.DIGIT),
  CHAMELEON(
      Set.of("chameleon"),
      Set.of(ADD_BOS),
      WordPattern.CHAMELEON_SENTINEL,
      WordPattern.CHAMELEON_IMAGE,
      WordPattern.CHAMELEON_SPACES,
      WordPattern.DIGIT,
      WordPattern.PUNCTUATION_MARK,
      WordPattern.GPT2),
  KIMI_K2(Set.of("kimi-k2"), Set.of(), WordPattern.KIMI_K2),
  SEED_CODER(Set.of("seed-coder"), Set.of(), WordPattern.SEED_CODER),
  SUPERBPE(Set.of("superbpe"), Set.of(), WordPattern.DIGITS, WordPattern.DIGITS_BY_THREE);

  private static final NameTable<PreTokenizer> NAMES =
      new NameTable<>(VocabularyReader.PRE_TOKENIZER_KEY, values(), kind -> kind.names.stream());

  private final Set<String> names;
  private final Set<TokenizerFlag> flags;
  private final List<String> patterns;

  PreTokenizer(Set<String> names, Set<TokenizerFlag> flags, String... patterns) {
    this.names = names;
    this.flags = flags;
    this.patterns = List.of(patterns);
  }

  /// The one with this name in GGUF files.
  ///
  /// @throws IllegalArgumentException for any other name; the message lists the supported ones.
  ///   Guessing is no option: a wrong split gives wrong tokens and a model that seems dull.
  public static PreTokenizer named(String name) {
    return NAMES.named(name);
  }

  /// The flags a vocabulary has by default with this pre-tokenizer.
  public Set<TokenizerFlag> flags() {
    return flags;
  }

  /// The regular expressions, in the order in which they split.
  List<String> patterns() {
    return patterns;
  }
}
