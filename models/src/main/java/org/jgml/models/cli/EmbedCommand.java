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
import org.jgml.models.TextEncoder;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml embed`: a text as a vector.
@Command(
    name = "embed",
    description = "Prints the vector of a text: its last hidden states, pooled and scaled.",
    mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
  // Just within 16 bits.
  private static final double LARGEST = 32760;

  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;

  @ArgGroup(multiplicity = "1")
  private PromptText text;

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Take \\\\n, \\\\t and the like in -p for what they stand for (default: yes).")
  private boolean escaped;

  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description =
          "Which tokens count: mean, last or cls, the first (default: as the file says, or mean).")
  private Pooling pooling;

  @Option(
      names = "--embd-normalize",
      paramLabel = "N",
      description =
          "Scale the vector: -1 not at all, 0 to a largest magnitude of 32760, 1 to a sum of"
              + " magnitudes of 1, 2 to length 1, more by that norm (default: ${DEFAULT-VALUE}).")
  private int norm = 2;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;

  @Override
  public Integer call() throws IOException {
    UsageException.requireAtLeast(-1, "--embd-normalize", norm);
    String words = text.read(jgml.streams().in(), escaped);
    try (Model model = Model.open(modelFile.path(), engine.modelOptions())) {
      model.remarks().forEach(jgml.streams()::note);
      int[] tokens = model.tokenizer().encode(words, true, true);
      if (tokens.length == 0) {
        throw new InputException("the text has no tokens");
      }
      Pooling kind = pooling == null ? model.pooling().orElse(Pooling.MEAN) : pooling;
      float[] vector = scaled(vector(model, tokens, kind));
      jgml.streams().out().println(json ? json(tokens.length, kind, vector) : line(vector));
    }
    return 0;
  }

  private float[] vector(Model model, int[] tokens, Pooling kind) {
    if (model.encodes()) {
      try (TextEncoder encoder = context.openEncoder(model, tokens.length)) {
        return Embedding.of(encoder, tokens, kind);
      }
    }
    try (ModelSession session = context.open(model, tokens.length, 1)) {
      return Embedding.of(session, tokens, kind);
    }
  }

  private float[] scaled(float... vector) {
    return switch (norm) {
      case -1 -> vector;
      case 0 -> Embedding.scaledTo(LARGEST, vector);
      default -> Embedding.normalised(norm, vector);
    };
  }

  private static String json(int tokens, Pooling pooling, float... vector) {
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
