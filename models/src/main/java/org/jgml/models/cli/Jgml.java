package org.jgml.models.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jgml.models.MemoryCheck;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program `jgml`.
@Command(
    name = "jgml",
    description = "Runs language models from GGUF files.",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The command did what it was asked to, and what it checked is right.",
      "1:It failed at its work, or what it checked is not right.",
      "2:The command line is wrong.",
      "130:Ctrl-C ended it (143: SIGTERM); the text until then is kept."
    },
    footer = {
      "%n`jgml COMMAND --help` describes a command.",
      "`jgml bench-ops` times single ops; the launcher runs it in a virtual machine of its own."
    },
    subcommands = {
      RunCommand.class,
      ChatCommand.class,
      EmbedCommand.class,
      PerplexityCommand.class,
      EvalCommand.class,
      BenchCommand.class,
      TokenizeCommand.class,
      DetokenizeCommand.class,
      InspectCommand.class,
      QuantizeCommand.class,
      DevicesCommand.class,
      DoctorCommand.class,
      GraphCommand.class,
      CompareCommand.class,
      LogitsCommand.class,
      GenerateIdsCommand.class,
      CheckCommand.class
    })
public final class Jgml implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int USAGE_ERROR = 2;

  private final Streams streams;
  private final Supplier<OptionalLong> freeBytes;
  @Spec private CommandSpec spec;

  Jgml(Streams streams) {
    this(streams, MemoryCheck::freeBytes);
  }

  /// @param freeBytes tells how much memory is free, as far as known
  Jgml(Streams streams, Supplier<OptionalLong> freeBytes) {
    this.streams = streams;
    this.freeBytes = freeBytes;
  }

  /// Runs a command and ends the process with its exit code.
  public static void main(String[] arguments) {
    System.exit(new Jgml(Streams.standard()).execute(arguments));
  }

  Streams streams() {
    return streams;
  }

  OptionalLong freeBytes() {
    return freeBytes.get();
  }

  /// Runs a command.
  ///
  /// @return the exit code
  int execute(String... arguments) {
    int code = run(arguments);
    streams.out().flush();
    if (streams.out().failure().isPresent()) {
      IOException problem = streams.out().failure().orElseThrow();
      streams.note("jgml: results cannot be written: " + Failure.describe(problem));
      code = FAILED;
    }
    streams.err().flush();
    return code;
  }

  private int run(String... arguments) {
    try {
      return commandLine().execute(arguments);
    } catch (OutOfMemoryError | StackOverflowError e) {
      streams.note("jgml: " + Failure.describe(e));
      return FAILED;
    }
  }

  private CommandLine commandLine() {
    return new CommandLine(this)
        // @FILE is the value of an option here, not a file of arguments.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setOut(new PrintWriter(streams.out(), true))
        .setErr(new PrintWriter(streams.err(), true))
        .setParameterExceptionHandler((problem, _) -> misused(problem))
        .setExecutionExceptionHandler((problem, command, _) -> failed(problem, command));
  }

  private int misused(ParameterException problem) {
    String name = problem.getCommandLine().getCommandSpec().qualifiedName();
    String message = message(problem).replaceAll("\\s*\\R\\s*", " ").replaceFirst("^Error: ", "");
    streams.note("%s: %s; see %s --help".formatted(name, message, name));
    return USAGE_ERROR;
  }

  /// An option that is missing may be there by a wrong name: what is not known is said first.
  private static String message(ParameterException problem) {
    CommandLine command = problem.getCommandLine();
    List<String> unknown = command.getUnmatchedArguments();
    return problem instanceof MissingParameterException && !unknown.isEmpty()
        ? new UnmatchedArgumentException(command, unknown).getMessage()
        : problem.getMessage();
  }

  private int failed(Exception problem, CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    streams.note("%s: %s".formatted(name, Failure.describe(problem)));
    return problem instanceof UsageException ? USAGE_ERROR : FAILED;
  }

  /// Without a command: how to use the program.
  @Override
  public Integer call() {
    spec.commandLine().usage(streams.err());
    return USAGE_ERROR;
  }
}
