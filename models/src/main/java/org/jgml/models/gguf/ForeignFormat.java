package org.jgml.models.gguf;

import java.util.Arrays;

/// What people open in place of a GGUF file, known by its first bytes, and what to do about it.
enum ForeignFormat {
  GIT_LFS_POINTER("This is a git-LFS pointer: fetch the file itself with `git lfs pull`", "vers"),
  WEB_PAGE("This is a web page: download the file itself, not the page about it", "<", "\n<"),
  BYTE_SWAPPED("The bytes of each word are reversed: convert the file to little-endian", "FUGG"),
  OLDER_CONTAINER(
      "This is an older ggml container: convert the original model again",
      "lmgg",
      "fmgg",
      "tjgg",
      "algg",
      "ggml",
      "ggmf",
      "ggjt",
      "ggla"),
  ZIP("This is a ZIP archive or a PyTorch checkpoint: convert the model to GGUF", "PK"),
  GZIP("This is compressed: unpack it with gunzip", "\u001f\u008b"),
  JSON("This is JSON: perhaps a server's error message, or the model's configuration", "{"),
  BLANK("It begins with zeros: an interrupted download?", "\0\0\0\0"),
  UNKNOWN("This is no GGUF file", "");

  private final String advice;
  private final String[] beginnings;

  ForeignFormat(String advice, String... beginnings) {
    this.advice = advice;
    this.beginnings = beginnings;
  }

  /// The format of a file that begins with these bytes, each taken as one character.
  static ForeignFormat of(String beginning) {
    return Arrays.stream(values())
        .filter(format -> Arrays.stream(format.beginnings).anyMatch(beginning::startsWith))
        .findFirst()
        .orElseThrow();
  }

  String advice() {
    return advice;
  }
}
