package org.jgml.models.tokenizer;

/// The regular expressions of the pre-tokenizers, as the models' publishers state them.
///
/// They are meant for [java.util.regex.Pattern#UNICODE_CHARACTER_CLASS], where `\s` is every
/// Unicode white space.
final class WordPattern {
  private static final String CONTRACTION =
      "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";

  private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
  private static final String SYMBOLS_OR_SLASHES = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*";
  private static final String BEFORE_WORD = "[^\\r\\n\\p{L}\\p{N}]?";

  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER_WORD = BEFORE_WORD + UPPER + "*" + LOWER + "+";
  private static final String UPPER_WORD = BEFORE_WORD + UPPER + "+" + LOWER + "*";

  static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  static final String LLAMA3 =
      CONTRACTION + "|" + BEFORE_WORD + "\\p{L}+|\\p{N}{1,3}" + SYMBOLS + SPACES;

  /// A run of spaces in front of a word is cut into powers of two, the greatest first. Its line
  /// breaks are looked for at its beginning, not again at each cut.
  static final String JAIS2 =
      (CONTRACTION + "|" + BEFORE_WORD + "\\p{L}+|\\p{N}{1,3}" + SYMBOLS)
          + "|(?<![\\s&&[^\\r\\n]])\\s*[\\r\\n]+"
          + "|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)"
          + "|\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s";

  static final String QWEN2_WITHOUT_CONTRACTIONS =
      BEFORE_WORD + "\\p{L}+|\\p{N}" + SYMBOLS + SPACES;

  static final String QWEN2 = CONTRACTION + "|" + QWEN2_WITHOUT_CONTRACTIONS;

  static final String QWEN35 =
      (CONTRACTION + "|" + BEFORE_WORD + "[\\p{L}\\p{M}]+|\\p{N}")
          + ("| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" + SPACES);

  /// Words with single spaces between them are one.
  ///
  /// Published as `(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+`, which finds the same and, written so, would
  /// take a frame of the stack for each word.
  static final String EXAONE_MOE =
      (CONTRACTION + "|" + BEFORE_WORD + "\\p{L}(?:[\\p{L}\\p{M}]++| (?=\\p{L}))*+|\\p{N}")
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";

  /// Words begin at a change from lower to upper case.
  static final String TEKKEN =
      LOWER_WORD + "|" + UPPER_WORD + "|\\p{N}" + SYMBOLS_OR_SLASHES + SPACES;

  private static final String CASED_WORDS =
      LOWER_WORD + CONTRACTION + "?|" + UPPER_WORD + CONTRACTION + "?";

  static final String GPT4O = CASED_WORDS + "|\\p{N}{1,3}" + SYMBOLS_OR_SLASHES + SPACES;
  static final String GPT4O_SINGLE_DIGITS = CASED_WORDS + "|\\p{N}" + SYMBOLS_OR_SLASHES + SPACES;

  static final String PUNCTUATION_RUN = "[\\p{P}$+<=>\\^~|]+";
  static final String PUNCTUATION_RUN_WITH_BACKTICK = "[\\p{P}$+<=>\\^~|`]+";
  static final String DIGIT = "\\p{N}";
  static final String DIGITS = "\\p{N}+";
  static final String UP_TO_THREE_DIGITS = "\\p{N}{1,3}";
  static final String THREE_ASCII_DIGITS = "[0-9][0-9][0-9]";
  static final String LINE_BREAK = "[\\r\\n]";

  /// What is between line breaks, and runs of these.
  static final String LINES = "[^\\n]+|\\n+";

  static final String SPACED_LETTERS = "\\s?\\p{L}+";
  static final String SPACED_PUNCTUATION = "\\s?\\p{P}+";

  /// CJK ideographs, everything from Samaritan up to them, and Hangul.
  static final String EAST_ASIAN_RUN = "[\\u4E00-\\u9FA5\\u0800-\\u4E00\\uAC00-\\uD7FF]+";

  /// CJK ideographs and kana.
  static final String CJK_RUN = "[\\u4E00-\\u9FA5\\u3040-\\u309F\\u30A0-\\u30FF]+";

  /// Hangul, East Asian punctuation, bopomofo, and CJK ideographs with kana, apart.
  static final String EAST_ASIAN_BY_KIND =
      "[\\uAC00-\\uD7A3\\u3131-\\u318E]+"
          + "|[\\uFF01\\u2026\\u201C\\u201D\\u2018\\u2019\\u2014\\uFF1A\\uFF1B\\uFF0C"
          + "\\u3001-\\u303F\\uFE30-\\uFE4F]+"
          + ("|[\\u3105-\\u312F]+|" + CJK_RUN);

  private static final String DEEPSEEK_V3_WORDS =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
          + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
          + "| ?[\\p{P}\\p{S}]+";

  static final String DEEPSEEK_V3 = DEEPSEEK_V3_WORDS + "[\\r\\n]*" + SPACES;

  /// As [#DEEPSEEK_V3], each line break by itself.
  static final String SPARK = DEEPSEEK_V3_WORDS + "|[\\r\\n]|\\s+(?!\\S)|\\s+";

  /// Cased letters, as DeepSeek LLM lists them (newer ones are missing).
  static final String DEEPSEEK_LLM_LETTERS =
      "\\s?[A-Za-z\\u00B5\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u01BA\\u01BC-\\u01BF"
          + "\\u01C4-\\u0293\\u0295-\\u02AF\\u0370-\\u0373\\u0376\\u0377\\u037B-\\u037D\\u037F"
          + "\\u0386\\u0388-\\u038A\\u038C\\u038E-\\u03A1\\u03A3-\\u03F5\\u03F7-\\u0481\\u048A-\\u052F"
          + "\\u0531-\\u0556\\u10A0-\\u10C5\\u13A0-\\u13F5\\u13F8-\\u13FD\\u1C90-\\u1CBA\\u1CBD-\\u1CBF"
          + "\\u1D00-\\u1D2B\\u1D6B-\\u1D77\\u1D79-\\u1D9A\\u1E00-\\u1F15\\u1F18-\\u1F1D"
          + "\\u1F20-\\u1F45\\u1F48-\\u1F4D\\u1F50-\\u1F57\\u1F59\\u1F5B\\u1F5D\\u1F5F-\\u1F7D"
          + "\\u1F80-\\u1FB4\\u1FB6-\\u1FBC\\u1FBE\\u1FC2-\\u1FC4\\u1FC6-\\u1FCC\\u1FD0-\\u1FD3"
          + "\\u1FD6-\\u1FDB\\u1FE0-\\u1FEC\\u1FF2-\\u1FF4\\u1FF6-\\u1FFC\\u2102\\u2107"
          + "\\u210A-\\u2113\\u2115\\u2119-\\u211D\\u2124\\u2126\\u2128\\u212A-\\u212D"
          + "\\u212F-\\u2134\\u2139\\u213C-\\u213F\\u2145-\\u2149\\u214E\\u2183\\u2184"
          + "\\u2C00-\\u2C7B\\u2C7E-\\u2CE4\\u2CEB-\\u2CEE\\u2CF2\\u2CF3\\uA640-\\uA66D"
          + "\\uA680-\\uA69B\\uA722-\\uA76F\\uA771-\\uA787\\uA78B-\\uA78E\\uAB70-\\uABBF"
          + "\\uFB00-\\uFB06\\uFB13-\\uFB17\\uFF21-\\uFF3A\\uFF41-\\uFF5A"
          + "\\x{10400}-\\x{1044F}\\x{104B0}-\\x{104D3}\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}"
          + "\\x{10CC0}-\\x{10CF2}\\x{118A0}-\\x{118DF}\\x{1E900}-\\x{1E943}]+";

  static final String DEEPSEEK_LLM_PUNCTUATION =
      "\\s?[!-/:-~\\uFF01-\\uFF0F\\uFF1A-\\uFF5E\\u2018-\\u201F\\u3000-\\u3002]+";

  /// `\s+$`, with a look behind so that a long run in the middle is tried once, not at each place.
  static final String TRAILING_SPACES = "(?<!\\s)\\s++\\z";

  /// Groups of three from the right, the first group shorter; meant for runs of digits.
  static final String DIGITS_BY_THREE =
      "(?<!\\p{N})\\p{N}{1,2}(?=(?:\\p{N}{3})++(?!\\p{N}))|\\p{N}{3}|\\p{N}{1,2}";

  /// The same for a run of digits that ends where a word ends; any other is left whole.
  ///
  /// Published as `\d{1,3}(?=(?:\d{3})*\b)`. After the first group the rest follows by itself
  /// (`\G`), so that a long run is looked through once.
  static final String WHOLE_NUMBER_BY_THREE =
      "(?<!\\d)\\d{1,3}(?=(?:\\d{3})*+\\b)|\\G(?<=\\d)\\d{3}";

  /// Chinese, Japanese, Korean, Lao, Khmer, Burmese and part of Thai, as AFMoE lists them.
  static final String UNSPACED_SCRIPT_RUN =
      "[\\u4E00-\\u9FFF\\u3400-\\u4DBF\\uF900-\\uFAFF\\u3040-\\u30FF\\uFF65-\\uFF9F"
          + "\\u2F00-\\u2FDF\\u0E40-\\u0EFF\\u1780-\\u17FF\\u1000-\\u109F\\uAA60-\\uAA7F"
          + "\\uA9E0-\\uA9FF\\uAC00-\\uD7AF\\u1100-\\u11FF]+";

  /// Line breaks stand alone.
  static final String BAILING =
      "'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|"
          + (BEFORE_WORD + "\\p{L}+|\\p{N}" + SYMBOLS)
          + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";

  /// Everything up to a stop; brackets and the bar are among the stops.
  static final String BLOOM = " ?[^(\\s|.,!?\\u2026\\u3002\\uFF0C\\u3001\\u0964\\u06D4\\u060C)]+";

  static final String CHAMELEON_SENTINEL = "<sentinel:[0-9]+>";
  static final String CHAMELEON_IMAGE = "IMGIMG[A-I]{1,4}Z";
  static final String CHAMELEON_SPACES = "[\\t\\n]|    |  ";
  static final String PUNCTUATION_MARK = "[\\p{P}!-/:-@\\[-`{-~]";

  private static final String NOT_HAN = "&&[^\\p{IsHan}]]";
  private static final String KIMI_UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}" + NOT_HAN;
  private static final String KIMI_LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}" + NOT_HAN;

  /// As [#GPT4O], with runs of Han characters as words.
  static final String KIMI_K2 =
      "\\p{IsHan}+|"
          + (BEFORE_WORD + KIMI_UPPER + "*" + KIMI_LOWER + "+" + CONTRACTION + "?|")
          + (BEFORE_WORD + KIMI_UPPER + "+" + KIMI_LOWER + "*" + CONTRACTION + "?|\\p{N}{1,3}")
          + (SYMBOLS + SPACES);

  /// As [#QWEN2], with line breaks not part of symbols.
  static final String SEED_CODER =
      CONTRACTION + "|" + BEFORE_WORD + "\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+" + SPACES;

  private WordPattern() {}
}
