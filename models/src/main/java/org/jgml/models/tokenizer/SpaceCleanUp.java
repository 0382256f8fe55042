package org.jgml.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Removes the spaces that old English tokenizers put before punctuation and contractions,
/// `clean_up_tokenization_spaces`.
final class SpaceCleanUp {
  private static final Pattern BEFORE_PUNCTUATION = Pattern.compile(" (?=[?!.,])");
  private static final Pattern LONE_APOSTROPHE = Pattern.compile(" ' ");
  private static final Pattern BEFORE_CONTRACTION = Pattern.compile(" (?='(?:[sm]|[rv]e))");

  private SpaceCleanUp() {}

  /// Works on bytes because decoded text may be cut within a character.
  static byte[] apply(byte[] utf8) {
    String text = new String(utf8, StandardCharsets.ISO_8859_1);
    text = BEFORE_PUNCTUATION.matcher(text).replaceAll("");
    text = LONE_APOSTROPHE.matcher(text).replaceAll("'");
    text = BEFORE_CONTRACTION.matcher(text).replaceAll("");
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
