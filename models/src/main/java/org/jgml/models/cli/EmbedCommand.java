package org.jgml.models.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jgml.models.Embedding;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import org.jgml.models.Pooling;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml embed`: a text as a vector.
@Command(
    name = "embed",
    description = "Prints the vector of a text: hidden states behind the output norm, pooled.",
    mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;

  @ArgGroup(multiplicity = "1")
  private PromptText text;

  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description = "Which tokens count: mean, last or cls, the first (default: mean).")
  private Pooling pooling = Pooling.MEAN;

  @Option(names = "--normalize", description = "Scale the vector to length one.")
  private boolean normalised;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;

  @Override
  public Integer call() throws IOException {
    String words = text.read(jgml.streams().in());
    try (Model model = Model.open(modelFile.path(), engine.modelOptions())) {
      model.remarks().forEach(jgml.streams()::note);
      int[] tokens = model.tokenizer().encode(words, true, true);
      if (tokens.length == 0) {
        throw new InputException("the text has no tokens");
      }
      try (ModelSession session = context.open(model, tokens.length, 1)) {
        float[] vector = Embedding.of(session, tokens, pooling);
        print(tokens.length, normalised ? Embedding.normalised(vector) : vector);
      }
    }
    return 0;
  }

  private void print(int tokens, float... vector) {
    jgml.streams().out().println(json ? json(tokens, vector) : line(vector));
  }

  private String json(int tokens, float... vector) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("tokens", tokens);
    facts.put("pooling", pooling.name().toLowerCase(Locale.ROOT));
    facts.put("embedding", vector);
    return Json.line(facts);
  }

  private static String line(float... vector) {
    StringJoiner line = new StringJoiner(" ");
    for (float x : vector) {
      line.add(String.valueOf(x));
    }
    return line.toString();
  }
}
