package org.jgml.models.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml detokenize`: token ids to text.
@Command(
    name = "detokenize",
    description = "Prints the text of token ids. The file of the model may hold a vocabulary only.",
    mixinStandardHelpOptions = true)
final class DetokenizeCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;
  @Mixin private TokenIds ids;

  @Option(names = "--special", description = "Show control tokens by name.")
  private boolean special;

  @Override
  public Integer call() throws IOException {
    int[] tokens = ids.read();
    try (OpenVocabulary vocabulary = OpenVocabulary.open(modelFile.path())) {
      jgml.streams().out().writeBytes(vocabulary.tokenizer().decodeBytes(tokens, special));
      jgml.streams().endText();
    }
    return 0;
  }
}
