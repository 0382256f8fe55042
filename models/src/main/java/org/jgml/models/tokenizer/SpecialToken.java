package org.jgml.models.tokenizer;

import java.util.List;

/// The parts that single tokens play, each with its GGUF key.
///
/// Files often leave out the keys of the later ones. Those are then found by the texts that are in
/// use for them, in the order given here.
public enum SpecialToken {
  /// Beginning of a sequence.
  BOS("bos"),
  /// End of a sequence.
  EOS("eos"),
  /// End of a turn of a conversation.
  EOT(
      "eot",
      "<|eot_id|>",
      "<|im_end|>",
      "<|end|>",
      "<end_of_turn>",
      "<|endoftext|>",
      "<|end_of_text|>",
      "<EOT>",
      "_<EOT>",
      "<｜end▁of▁sentence｜>",
      "<end_of_utterance>"),
  /// End of a message that a tool is to answer.
  EOM("eom", "<|eom_id|>"),
  /// Text that the vocabulary does not cover.
  UNKNOWN("unknown"),
  /// Between two texts. The key is spelled so in GGUF.
  SEPARATOR("seperator"),
  /// Fills up a batch.
  PADDING("padding"),
  /// A hidden word.
  MASK("mask"),
  /// Fill in the middle: before the text that precedes the gap.
  FIM_PREFIX(
      "fim_pre",
      "<|fim_prefix|>",
      "<fim-prefix>",
      "<fim_prefix>",
      "<｜fim▁begin｜>",
      "<PRE>",
      "▁<PRE>",
      "<|code_prefix|>",
      "<|prefix|>"),
  /// Fill in the middle: before the text that follows the gap.
  FIM_SUFFIX(
      "fim_suf",
      "<|fim_suffix|>",
      "<fim-suffix>",
      "<fim_suffix>",
      "<｜fim▁hole｜>",
      "<SUF>",
      "▁<SUF>",
      "<|code_suffix|>",
      "<|suffix|>"),
  /// Fill in the middle: before the text of the gap.
  FIM_MIDDLE(
      "fim_mid",
      "<|fim_middle|>",
      "<fim-middle>",
      "<fim_middle>",
      "<｜fim▁end｜>",
      "<MID>",
      "▁<MID>",
      "<|code_middle|>",
      "<|middle|>"),
  /// Fill in the middle: fills up a batch.
  FIM_PADDING("fim_pad", "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>"),
  /// Fill in the middle: before the name of a repository.
  FIM_REPOSITORY("fim_rep", "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"),
  /// Fill in the middle: between files.
  FIM_SEPARATOR("fim_sep", "<|file_sep|>");

  private final String key;
  private final List<String> usualTexts;

  SpecialToken(String key, String... usualTexts) {
    this.key = "tokenizer.ggml." + key + "_token_id";
    this.usualTexts = List.of(usualTexts);
  }

  /// The GGUF key that holds its id.
  public String key() {
    return key;
  }

  /// The texts by which it is recognised where the key is missing.
  List<String> usualTexts() {
    return usualTexts;
  }
}
