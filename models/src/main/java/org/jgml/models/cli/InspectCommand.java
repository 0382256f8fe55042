package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jgml.models.ModelDefinition;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.tokenizer.Vocabulary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `jgml inspect`: what is in a file, and whether it can be run.
@Command(
    name = "inspect",
    description =
        "Lists metadata, tensors, types and sizes of a GGUF file, and what of it is not supported."
            + " The exit code is 0 only if the file can be used.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;

  @Parameters(paramLabel = "FILE", description = "A GGUF file, or the first of a split model.")
  private Path path;

  @Option(names = "--tensors", description = "List every tensor.")
  private boolean tensors;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    try (GgufFile file = GgufFile.open(path)) {
      Optional<GgufException> problem = problem(file);
      FileReport report = new FileReport(file, tensors, problem.map(Failure::describe));
      if (json) {
        jgml.streams().out().println(Json.pretty(report.json()));
      } else {
        report.print(jgml.streams().out());
      }
      if (problem.isPresent()) {
        jgml.streams().out().flush();
        throw problem.orElseThrow();
      }
    }
    return 0;
  }

  /// What keeps the file from being used; one without tensors is used for its vocabulary.
  private static Optional<GgufException> problem(GgufFile file) {
    try {
      if (file.tensors().isEmpty()) {
        Vocabulary.read(file.metadata());
      } else {
        ModelDefinition.read(file);
      }
      return Optional.empty();
    } catch (GgufException e) {
      return Optional.of(e);
    }
  }
}
