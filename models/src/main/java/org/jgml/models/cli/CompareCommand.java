package org.jgml.models.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jgml.core.inspect.DeviceComparison;
import org.jgml.core.inspect.Divergence;
import org.jgml.models.Model;
import org.jgml.models.ModelOptions;
import org.jgml.models.ModelSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `jgml compare`: one device against another, node by node.
@Command(
    name = "compare",
    description =
        "Runs a model on one device and each of its nodes, from the same operands, on a second."
            + " Shows the first node whose results differ. The exit code is 0 if none does.",
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  private static final int DIVERGED = 1;

  @Spec private CommandSpec spec;
  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;
  @Mixin private ContextOptions context;
  @Mixin private PlacementArguments placement;
  @Mixin private ThreadOption threads;

  @Option(
      names = "--devices",
      paramLabel = "A,B",
      split = ",",
      required = true,
      description = "Two devices of `jgml devices`, or `reference`, which is exact and slow.")
  private List<String> devices;

  @Option(
      names = "--tokens",
      paramLabel = "IDS",
      description =
          "Token ids such as 1,2,3, or @FILE that holds them (default: ${DEFAULT-VALUE}).")
  private String tokens = "1,2,3,4,5,6,7,8";

  @Option(
      names = "--tolerance",
      paramLabel = "NMSE",
      description = "What is no difference (default: by type; 1e-8 for F32).")
  private Double tolerance;

  @Override
  public Integer call() throws IOException {
    if (devices.size() != 2 || devices.getFirst().equals(devices.getLast())) {
      throw new ParameterException(
          spec.commandLine(), "--devices takes two different names, such as cpu,reference");
    }
    int[] ids = TokenIds.readSome(tokens);
    ModelOptions options =
        new ModelOptions(threads.deviceOptions(false), devices.subList(0, 1), placement.options());
    try (Model model = Model.open(modelFile.path(), options);
        ModelSession session = context.open(model, ids.length, 1)) {
      DeviceComparison comparison =
          new DeviceComparison(
              model.device(devices.getLast()),
              tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance));
      session.observe(comparison);
      try (Progress _ =
          Progress.show(jgml.streams(), () -> comparison.compared() + " nodes compared")) {
        session.evaluate(ids);
      }
      return report(comparison);
    }
  }

  private int report(DeviceComparison comparison) {
    Optional<Divergence> divergence = comparison.divergence();
    divergence.ifPresent(found -> jgml.streams().out().println(found.report()));
    jgml.streams()
        .out()
        .println(
            "%d nodes compared, %d not, greatest NMSE that counts as equal %.3g"
                .formatted(comparison.compared(), comparison.skipped(), comparison.worst()));
    return divergence.isPresent() ? DIVERGED : 0;
  }
}
