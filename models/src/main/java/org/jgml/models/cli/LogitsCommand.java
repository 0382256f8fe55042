package org.jgml.models.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml logits`: what a model computes, as numbers.
@Command(
    name = "logits",
    description = "Writes the logits after some of the tokens as little-endian float32 rows.",
    mixinStandardHelpOptions = true)
final class LogitsCommand implements Callable<Integer> {
  private static final String LAST = "last";

  @ParentCommand private Jgml jgml;

  @Mixin private ModelFile modelFile;
  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;
  @Mixin private TokenIds tokens;

  @Option(
      names = "--positions",
      paramLabel = "LIST",
      split = ",",
      description = "Positions to write, from 0, or `last` (default: all).")
  private List<String> positions = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "File to write: one row a position, in the order given.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    int[] ids = tokens.readSome();
    OutputFile.require(output);
    int[] wanted = wanted(ids.length);
    int[] ascending = Arrays.stream(wanted).sorted().distinct().toArray();
    try (Model model = Model.open(modelFile.path(), engine.modelOptions());
        ModelSession session = context.open(model, ids.length, ascending.length)) {
      model.remarks().forEach(jgml.streams()::note);
      float[][] logits = evaluate(session, ids, ascending);
      OutputFile.write(
          output,
          file -> {
            for (int position : wanted) {
              file.write(littleEndian(logits[Arrays.binarySearch(ascending, position)]));
            }
          });
      context.reportCache(session, jgml.streams());
    }
    return 0;
  }

  private float[][] evaluate(ModelSession session, int[] ids, int... ascending) {
    try (Progress _ = Progress.show(jgml.streams(), new ReadingProgress(session))) {
      return session.evaluate(ids, ascending);
    }
  }

  private int[] wanted(int length) {
    if (positions.isEmpty()) {
      int[] all = new int[length];
      Arrays.setAll(all, i -> i);
      return all;
    }
    return positions.stream().mapToInt(position -> position(position.strip(), length)).toArray();
  }

  private static int position(String text, int length) {
    if (text.equals(LAST)) {
      return length - 1;
    }
    int position = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
    if (position < 0 || position >= length) {
      throw new UsageException(
          "position '%s' is neither from 0 to %d nor 'last'".formatted(text, length - 1));
    }
    return position;
  }

  private static byte[] littleEndian(float[] row) {
    ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(row);
    return bytes.array();
  }
}
