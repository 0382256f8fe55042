package org.jgml.models.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jgml.models.ChatSession;
import org.jgml.models.GenerationOptions;
import org.jgml.models.Model;
import org.jgml.models.chat.ChatMessage;
import org.jgml.models.chat.ChatTemplate;
import org.jgml.models.chat.ChatTemplates;
import org.jgml.models.chat.ModelTemplate;
import org.jgml.models.tokenizer.Vocabulary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml chat`: a conversation.
@Command(
    name = "chat",
    description =
        "Talks with a model. Reads messages from standard input, a line each, and writes answers;"
            + " /help lists the commands.",
    mixinStandardHelpOptions = true)
final class ChatCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;

  @Option(
      names = {"-sys", "--system-prompt"},
      paramLabel = "TEXT",
      description = "What the model is told before the conversation.")
  private String system;

  @Option(
      names = {"-n", "--n-predict"},
      paramLabel = "N",
      description = "Tokens of an answer; -1 until the model ends it (default: -1).")
  private int maxTokens = -1;

  @Option(
      names = "--chat-template",
      paramLabel = "NAME",
      description =
          "A template of the model's file by its name, such as tool_use, or a built-in one, such as"
              + " chatml (default: the unnamed one of the file).")
  private String templateName;

  @Option(
      names = "--chat-template-file",
      paramLabel = "FILE",
      description = "A template in Jinja from a file.")
  private Path templateFile;

  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;
  @Mixin private SamplingArguments sampling;

  @Override
  public Integer call() throws IOException {
    try (Model model = Model.open(modelFile.path(), engine.modelOptions())) {
      model.remarks().forEach(jgml.streams()::note);
      ChatTemplate template = template(model);
      try (ChatSession chat = new ChatSession(context.open(model, 0, 1), template, beginning())) {
        boolean succeeded = talk(chat);
        context.reportCache(chat.session(), jgml.streams());
        return succeeded ? 0 : 1;
      }
    }
  }

  private ChatTemplate template(Model model) throws IOException {
    if (templateName != null && templateFile != null) {
      throw new UsageException("give only one of --chat-template and --chat-template-file");
    }
    if (templateFile != null) {
      return ChatTemplates.parse(InputFile.text(templateFile), model.vocabulary());
    }
    if (templateName != null) {
      return ChatTemplates.named(templateName, model.metadata(), model.vocabulary());
    }
    ModelTemplate template = ChatTemplates.forModel(model.metadata(), model.vocabulary());
    template.warning().ifPresent(jgml.streams()::note);
    return template.template();
  }

  private List<ChatMessage> beginning() {
    return system == null ? List.of() : List.of(ChatMessage.system(system));
  }

  private boolean talk(ChatSession chat) throws IOException {
    Vocabulary vocabulary = chat.session().model().vocabulary();
    GenerationOptions options =
        new GenerationOptions(maxTokens, sampling.samplingOptions(vocabulary), true);
    Streams streams = jgml.streams();
    boolean interactive = isInteractive(streams);
    ChatInterrupts interrupts =
        new ChatInterrupts(chat::cancel, () -> explainLeaving(streams), () -> System.exit(0));
    ChatShell shell = new ChatShell(chat, options, streams, interactive, interrupts);
    try (Signals _ = interactive ? Signals.onInterrupt(interrupts::interrupt) : null) {
      return shell.run();
    }
  }

  private static void explainLeaving(Streams streams) {
    streams.note("\n[Ctrl-C again, Ctrl-D or /bye to leave; /help for more]");
    streams.out().print(ChatInput.FIRST_PROMPT);
    streams.out().flush();
  }

  /// Whether a person sits at both ends.
  private static boolean isInteractive(Streams streams) {
    Console console = System.console();
    return streams.outIsTerminal() && console != null && console.isTerminal();
  }
}
