package org.jgml.models.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jgml.models.BundledModel;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import org.jgml.models.chat.ChatTemplate;
import org.jgml.models.chat.ChatTemplates;
import org.jgml.models.evaluation.Answer;
import org.jgml.models.evaluation.AnswerFile;
import org.jgml.models.evaluation.Examiner;
import org.jgml.models.evaluation.Haystack;
import org.jgml.models.evaluation.HeatMap;
import org.jgml.models.evaluation.Question;
import org.jgml.models.evaluation.QuestionFile;
import org.jgml.models.evaluation.Scoreboard;
import org.jgml.models.evaluation.Tasks;
import org.jgml.models.evaluation.Wording;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml eval`: how well a model finds things in long texts.
@Command(
    name = "eval",
    description =
        "Asks a model questions about long texts, with one kind of cache or several side by side,"
            + " and scores the answers. Questions come from files (InfiniteBench, LongBench, own)"
            + " or are made: numbers and pairs hidden in filler.",
    mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {
  private static final int INTERRUPTED = 130;

  /// Room for the answer where a prompt's length is known in tokens.
  private static final int ANSWER_ROOM = 600;

  @ParentCommand private Jgml jgml;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description = "A GGUF file, or the first file of a split model (default: the tiny one).")
  private Path modelFile;

  @Option(
      names = "--jsonl",
      paramLabel = "FILE",
      split = ",",
      description = "Files of questions, a JSON object a line. A file's name tells the task.")
  private List<Path> files = List.of();

  @Option(
      names = "--make",
      paramLabel = "KIND",
      split = ",",
      description = "Make questions: passkey, number or kv.")
  private List<Haystack.Kind> made = List.of();

  @Option(
      names = "--lengths",
      paramLabel = "N",
      split = ",",
      description = "Tokens of the prompts that are made (default: 4096).")
  private List<Integer> lengths = List.of(4096);

  @Option(
      names = "--depths",
      paramLabel = "N",
      description = "Depths of the facts, from first to last (default: ${DEFAULT-VALUE}).")
  private int depths = 5;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description = "Questions that are made for each length and depth (default: 1).")
  private int repetitions = 1;

  @Option(
      names = "--data-seed",
      paramLabel = "N",
      description = "Seed of what is made (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--syllables",
      description = "Make questions in the notation of the tiny model (default with that model).")
  private boolean syllables;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = "Prompt formats by task, such as the benchmark's dataset2prompt.json.")
  private Path formats;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Questions of each file, evenly spread over it (default: all).")
  private int limit = Integer.MAX_VALUE;

  @Option(
      names = {"-o", "--answers"},
      paramLabel = "FILE",
      description = "Keep answers here; what is there already is not asked again.")
  private Path answers;

  @Option(
      names = "--heat-map",
      paramLabel = "FILE",
      description = "Draw scores by length and depth, as SVG.")
  private Path heatMap;

  @Option(names = "--json", description = "End with one line of JSON: count, exact, digits.")
  private boolean json;

  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;

  private final Scoreboard scoreboard = new Scoreboard();
  private volatile String progress = "";
  private volatile Supplier<String> reading = () -> "";

  @Override
  public Integer call() throws IOException {
    if (files.isEmpty() && made.isEmpty()) {
      throw new UsageException("no questions. Fix: give --jsonl FILE or --make passkey");
    }
    UsageException.requireAtLeast(1, "--limit", limit);
    files.forEach(InputFile::require);
    Stream.of(formats, answers).filter(Objects::nonNull).forEach(InputFile::require);
    if (heatMap != null) {
      OutputFile.require(heatMap);
    }
    Path path = modelFile == null ? BundledModel.file() : modelFile;
    boolean finished;
    try (Model model = Model.open(path, engine.modelOptions());
        AnswerFile known = answers == null ? null : new AnswerFile(answers)) {
      model.remarks().forEach(jgml.streams()::note);
      List<Question> questions = questions(model);
      if (questions.isEmpty()) {
        throw new InputException("no questions in %s".formatted(files));
      }
      finished = askAll(model, questions, Optional.ofNullable(known));
    }
    report();
    return finished ? 0 : INTERRUPTED;
  }

  private List<Question> questions(Model model) throws IOException {
    Tasks tasks = formats == null ? Tasks.standard() : Tasks.standard().withFormats(formats);
    List<Question> questions = new ArrayList<>();
    for (Path file : files) {
      try (Stream<Question> all = new QuestionFile(file, tasks).questions()) {
        questions.addAll(spread(all.toList()));
      } catch (UncheckedIOException e) {
        throw e.getCause() instanceof CharacterCodingException
            ? new InputException(file + ": not a text in UTF-8")
            : e;
      }
    }
    Wording wording = syllables || modelFile == null ? Wording.syllables() : Wording.english();
    for (Haystack.Kind kind : made) {
      UsageException.checked(() -> new Haystack(kind, lengths, depths, repetitions, seed))
          .questions(wording, text -> model.tokenizer().encode(text, false, false).length)
          .forEach(questions::add);
    }
    return questions;
  }

  private List<Question> spread(List<Question> all) {
    int wanted = Math.min(limit, all.size());
    List<Question> some = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      some.add(all.get((int) ((long) i * all.size() / wanted)));
    }
    return some;
  }

  private boolean askAll(Model model, List<Question> questions, Optional<AnswerFile> known)
      throws IOException {
    Optional<ChatTemplate> template =
        model.metadata().string(ChatTemplates.KEY).isPresent()
            ? Optional.of(ChatTemplates.forModel(model.metadata(), model.vocabulary()).template())
            : Optional.empty();
    int longest = questions.stream().mapToInt(Question::length).max().orElse(0) + ANSWER_ROOM;
    for (CacheOptions.Kind kind : context.cache().kinds()) {
      try (ModelSession session = context.open(model, kind, longest, 1);
          Interruption _ = Interruption.calls(session::cancel)) {
        Examiner examiner = new Examiner(session, kind.toString(), template);
        if (!ask(examiner, session, questions, known)) {
          return false;
        }
        context.reportCache(session, jgml.streams());
      }
    }
    return true;
  }

  private boolean ask(
      Examiner examiner, ModelSession session, List<Question> questions, Optional<AnswerFile> known)
      throws IOException {
    try (Progress _ = Progress.show(jgml.streams(), () -> progress + reading.get())) {
      String setup = examiner.setup();
      for (int i = 0; i < questions.size(); i++) {
        Question question = questions.get(i);
        progress = "%s: question %d of %d, ".formatted(examiner.cache(), i + 1, questions.size());
        session.rewind(0);
        reading = new ReadingProgress(session);
        Optional<Answer> earlier = known.flatMap(file -> file.find(question.id(), setup));
        Optional<Answer> answer = earlier.or(() -> examiner.answer(question));
        if (answer.isEmpty()) {
          return false;
        }
        scoreboard.add(answer.get());
        if (known.isPresent() && earlier.isEmpty()) {
          known.get().add(answer.get());
        }
      }
      return true;
    }
  }

  private void report() throws IOException {
    if (heatMap != null) {
      OutputFile.write(heatMap, HeatMap.svg(scoreboard.answers()));
    }
    if (json) {
      jgml.streams().out().println(Json.line(scoreboard.summary()));
      return;
    }
    jgml.streams().out().print(scoreboard.table());
    jgml.streams()
        .out()
        .println(
            String.format(
                Locale.ROOT,
                "score in percent (characters in place, percent), seconds an answer; %d answers",
                scoreboard.answers().size()));
  }
}
