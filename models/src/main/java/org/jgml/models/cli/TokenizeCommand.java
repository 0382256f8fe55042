package org.jgml.models.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jgml.models.tokenizer.Tokenizer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml tokenize`: text to token ids.
@Command(
    name = "tokenize",
    description =
        "Prints the token ids of a text as a JSON array; without -p and -f, of standard input. The"
            + " file of the model may hold a vocabulary only.",
    mixinStandardHelpOptions = true)
final class TokenizeCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;
  @ArgGroup private PromptText text;

  @Option(
      names = "--special",
      description =
          "Add the beginning and end of sequence as the vocabulary says, and take text that spells"
              + " a control token for that token.")
  private boolean special;

  @Option(
      names = "--hex-lines",
      paramLabel = "FILE",
      description = "A file with a text a line, hex-encoded UTF-8; prints one array a line.")
  private Path hexLines;

  @Override
  public Integer call() throws IOException {
    if (text != null && hexLines != null) {
      throw new UsageException("--hex-lines gives texts, too. Fix: leave out -p and -f");
    }
    try (OpenVocabulary vocabulary = OpenVocabulary.open(modelFile.path())) {
      if (hexLines == null) {
        print(vocabulary.tokenizer(), text());
      } else {
        printLines(vocabulary.tokenizer());
      }
    }
    return 0;
  }

  private byte[] text() throws IOException {
    InputStream in = jgml.streams().in();
    return text == null ? in.readAllBytes() : text.read(in, true).getBytes(StandardCharsets.UTF_8);
  }

  private void printLines(Tokenizer tokenizer) throws IOException {
    InputFile.require(hexLines);
    List<String> lines = Files.readAllLines(hexLines, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < lines.size(); i++) {
      print(tokenizer, text(lines.get(i).strip(), i + 1));
    }
  }

  private byte[] text(String hex, int line) {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s, line %d: not hexadecimal: %s".formatted(hexLines, line, e.getMessage()));
    }
  }

  private void print(Tokenizer tokenizer, byte[] text) {
    jgml.streams().out().println(Json.line(tokenizer.encode(text, special, special)));
  }
}
