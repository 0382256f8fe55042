package org.jgml.models.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jgml.models.tokenizer.TokenType;
import org.jgml.models.tokenizer.Tokenizer;
import org.jgml.models.tokenizer.Vocabulary;

/// The tokens that stand for text, in the order of their bytes.
record TokenPieces(int[] tokens, byte[][] pieces) {
  static TokenPieces of(Tokenizer tokenizer) {
    byte[][] all = new byte[tokenizer.vocabulary().size()][];
    int[] tokens =
        IntStream.range(0, all.length)
            .filter(token -> isText(token, tokenizer.vocabulary()))
            .peek(token -> all[token] = tokenizer.piece(token))
            .filter(token -> all[token].length > 0)
            .boxed()
            .sorted(Comparator.comparing(token -> all[token], Arrays::compare))
            .mapToInt(Integer::intValue)
            .toArray();
    return new TokenPieces(
        tokens, IntStream.of(tokens).mapToObj(token -> all[token]).toArray(byte[][]::new));
  }

  /// Marks have names, but no text: no grammar allows them.
  static boolean isText(int token, Vocabulary vocabulary) {
    TokenType type = vocabulary.type(token);
    return type == TokenType.NORMAL || type == TokenType.BYTE || type == TokenType.USER_DEFINED;
  }
}
