package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jgml.core.inspect.MachineLimit;
import org.jgml.core.inspect.NanFinder;
import org.jgml.core.inspect.NodeTrace;
import org.jgml.core.inspect.Poison;
import org.jgml.core.inspect.Timeline;
import org.jgml.core.runtime.Observer;
import org.jgml.models.ModelSession;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Options that look into the graph while it runs; each makes it slower, none changes the text.
final class InspectionOptions {
  @Option(
      names = "--trace",
      paramLabel = "REGEX",
      converter = NamePattern.class,
      description =
          "Write shape, min, max, mean, NaN count and first values of each node whose name matches"
              + " to standard error.")
  private Pattern traced;

  @Option(
      names = "--timeline",
      paramLabel = "FILE",
      description =
          "Write when each node ran, as JSON for chrome://tracing, and a summary by op to standard"
              + " error.")
  private Path timelineFile;

  @Option(names = "--find-nan", description = "Tell which node made the first NaN, and from what.")
  private boolean findNan;

  @Option(
      names = "--poison",
      description = "Fill unused memory with NaN and tell which results still hold it.")
  private boolean poisoned;

  private final Timeline timeline = new Timeline();
  private final NanFinder nanFinder = new NanFinder();
  private final Poison poison = new Poison();

  /// Reads a regular expression.
  static final class NamePattern implements ITypeConverter<Pattern> {
    @Override
    public Pattern convert(String text) {
      try {
        return Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        throw new TypeConversionException(
            "'%s' is no regular expression: %s".formatted(text, e.getDescription()));
      }
    }
  }

  /// Observes a session, if any of the options was given.
  void begin(ModelSession session, Streams streams) {
    List<Observer> observers = new ArrayList<>();
    if (poisoned) {
      observers.add(poison);
    }
    if (traced != null) {
      observers.add(new NodeTrace(traced, streams::note));
    }
    if (findNan) {
      observers.add(nanFinder);
    }
    if (timelineFile != null) {
      OutputFile.require(timelineFile);
      observers.add(timeline);
    }
    if (!observers.isEmpty()) {
      session.observe(Observer.all(observers));
    }
  }

  /// Tells what was found.
  void end(Streams streams) throws IOException {
    if (findNan) {
      streams.note(nanFinder.finding().map(finding -> finding.report()).orElse("no NaN"));
    }
    if (poisoned) {
      poison.findings().forEach(finding -> streams.note(finding.report()));
      streams.note("%d results hold poison".formatted(poison.findings().size()));
    }
    if (timelineFile != null) {
      OutputFile.write(timelineFile, timeline.json());
      streams.note(timeline.summary().table(MachineLimit.measure()).stripTrailing());
    }
  }
}
