package org.jgml.models.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.quantisation.Conversion;
import org.jgml.models.quantisation.ModelQuantiser;
import org.jgml.models.quantisation.QuantisationOptions;
import org.jgml.models.quantisation.QuantisationPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `jgml quantize`: writes a model with smaller weights.
@Command(
    name = "quantize",
    description = "Writes a model with smaller weights; the file that is read stays as it is.",
    footer = {
      "%nTypes: F32 F16 BF16 Q8_0 Q6_K Q5_K_M Q5_K_S Q5_1 Q5_0 Q4_K_M Q4_K_S Q4_1 Q4_0 IQ4_NL"
          + " IQ4_XS Q3_K_L Q3_K_M Q3_K_S IQ3_M IQ3_S IQ3_XS IQ3_XXS Q2_K Q2_K_S IQ2_M TQ2_0 TQ1_0"
          + " MXFP4_MOE NVFP4, and COPY for none. Q4_K_M is a good choice where memory is short,"
          + " Q6_K where it is not."
    },
    mixinStandardHelpOptions = true)
final class QuantizeCommand implements Callable<Integer> {
  private static final double BYTES_PER_MEBIBYTE = 1 << 20;

  @ParentCommand private Jgml jgml;

  @Parameters(index = "0", paramLabel = "IN", description = "A GGUF file, or the first of several.")
  private Path source;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  private Path target;

  @Parameters(index = "2", paramLabel = "TYPE", description = "What to quantise to.")
  private String type;

  @Parameters(
      index = "3",
      arity = "0..1",
      paramLabel = "THREADS",
      description = "How many to use (default: one for each processor).")
  private Integer threads;

  @Mixin private QuantizeTypeOptions types;
  @Mixin private QuantizeSplitOptions split;

  @Option(names = "--dry-run", description = "Only list types and sizes; write nothing.")
  private boolean isDryRun;

  @Override
  public Integer call() throws IOException {
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    UsageException.requireAtLeast(1, "THREADS", workers);
    QuantisationOptions options = types.options(type);
    try (GgufFile file = GgufFile.open(source)) {
      QuantisationPlan plan = QuantisationPlan.of(file, options);
      remark(plan);
      if (isDryRun) {
        plan.conversions().forEach(this::list);
      } else {
        write(file, options, plan, workers);
      }
      summarise(file, plan);
    }
    return 0;
  }

  private void write(GgufFile file, QuantisationOptions options, QuantisationPlan plan, int workers)
      throws IOException {
    List<Path> files;
    try (QuantizeProgress progress = new QuantizeProgress(jgml.streams(), plan)) {
      ModelQuantiser quantiser = new ModelQuantiser(file, options, workers, progress);
      files = quantiser.write(plan, split.rule(), target);
    }
    files.forEach(path -> jgml.streams().out().println("wrote " + path));
  }

  /// Says what will be otherwise than asked.
  private void remark(QuantisationPlan plan) {
    for (Conversion conversion : plan.conversions()) {
      conversion
          .remark()
          .ifPresent(text -> jgml.streams().note(conversion.tensor().name() + ": " + text));
    }
    types.remark(type).ifPresent(jgml.streams()::note);
  }

  private void list(Conversion conversion) {
    jgml.streams().out().println(describe(conversion));
  }

  /// As in `blk.0.attn_q.weight [64, 64]: F32 -> Q4_0, 0.02 -> 0.00 MiB`.
  static String describe(Conversion conversion) {
    String name = conversion.tensor().name() + " " + conversion.tensor().shape();
    return conversion.isCopy()
        ? "%s: %s, %s MiB".formatted(name, conversion.type(), mebibytes(conversion.bytes()))
        : "%s: %s -> %s, %s -> %s MiB"
            .formatted(
                name,
                conversion.tensor().type(),
                conversion.type(),
                mebibytes(conversion.tensor().bytes().byteSize()),
                mebibytes(conversion.bytes()));
  }

  private void summarise(GgufFile file, QuantisationPlan plan) {
    long before = file.tensors().stream().mapToLong(tensor -> tensor.bytes().byteSize()).sum();
    long elements = file.tensors().stream().mapToLong(tensor -> tensor.shape().elements()).sum();
    PrintStream out = jgml.streams().out();
    out.printf(
        Locale.ROOT,
        "%s MiB (%.2f bits a weight) -> %s MiB (%.2f bits a weight)%n",
        mebibytes(before),
        8.0 * before / Math.max(1, elements),
        mebibytes(plan.bytes()),
        8.0 * plan.bytes() / Math.max(1, elements));
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f", bytes / BYTES_PER_MEBIBYTE);
  }
}
