package org.jgml.models.cli;

import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.CacheKind;
import org.jgml.models.MemoryCheck;
import org.jgml.models.MemoryNeed;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import org.jgml.models.SessionOptions;
import org.jgml.models.TextEncoder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Options on what a session remembers.
final class ContextOptions {
  @Option(
      names = {"-c", "--ctx-size"},
      paramLabel = "N",
      description = "Tokens of context (default: as needed, or as trained, at most 4096).")
  private int contextLength;

  @Option(
      names = {"-b", "--batch-size"},
      paramLabel = "N",
      description = "Prompt tokens that are evaluated together (default: ${DEFAULT-VALUE}).")
  private int batchLength = SessionOptions.defaults().batchLength();

  @Option(
      names = "--kv-type",
      paramLabel = "TYPE",
      converter = CacheType.class,
      description = "Type of cached keys and values: f32, f16, q8_0 or q4_0 (default: f16).")
  private DataType type = SessionOptions.defaults().keyType();

  @Option(
      names = {"-ctk", "--cache-type-k"},
      paramLabel = "TYPE",
      converter = CacheType.class,
      description = "The same for keys only.")
  private DataType keyType;

  @Option(
      names = {"-ctv", "--cache-type-v"},
      paramLabel = "TYPE",
      converter = CacheType.class,
      description = "The same for values only.")
  private DataType valueType;

  @Option(
      names = "--no-memory-check",
      description = "Load the model even if the free memory cannot hold it.")
  private boolean withoutMemoryCheck;

  @Mixin private CacheOptions cache;

  private MissedAttention missed = new MissedAttention();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  CacheOptions cache() {
    return cache;
  }

  /// A session of the model, if the memory can hold both.
  ///
  /// @param needed the context length if the user gave none; 0 for the session's default
  /// @param outputRows rows of a batch whose results are wanted together
  /// @throws org.jgml.models.InsufficientMemoryException if it cannot
  ModelSession open(Model model, int needed, int outputRows) {
    return open(model, cache.only(), needed, outputRows);
  }

  /// The same with a kind of cache of several.
  ModelSession open(Model model, CacheOptions.Kind kind, int needed, int outputRows) {
    return begun(model.newSession(options(model, kind, needed, outputRows)));
  }

  /// The session that was saved in a file, with these options.
  ///
  /// @param needed as for a new one
  /// @throws org.jgml.kvcache.tier.CacheException if it cannot be read, or had other options
  ModelSession restore(Model model, Path file, int needed) {
    return begun(model.restoreSession(file, options(model, cache.only(), needed, 1)));
  }

  private ModelSession begun(ModelSession session) {
    missed = new MissedAttention();
    if (cache.boundsMissedAttention()) {
      session.listen(missed);
    }
    return session;
  }

  private SessionOptions options(Model model, CacheOptions.Kind kind, int needed, int outputRows) {
    CacheKind cacheKind = cache.kind(kind);
    SessionOptions options =
        sessionOptions(cacheKind.growsWithText() ? needed : 0)
            .withCache(cacheKind)
            .withStorage(cache.storage());
    requireMemory(() -> model.memoryNeed(options, outputRows));
    return options;
  }

  /// A reader of whole texts, if the memory can hold the model and a text of so many tokens.
  ///
  /// @throws org.jgml.models.InsufficientMemoryException if it cannot
  TextEncoder openEncoder(Model model, int tokens) {
    UsageException.requireAtLeast(0, "-c", contextLength);
    int trained = model.hyperparameters().contextLength();
    int longest = contextLength == 0 ? trained : Math.min(contextLength, trained);
    requireMemory(() -> model.encodingNeed(Math.min(tokens, longest)));
    return new TextEncoder(model, longest);
  }

  private void requireMemory(Supplier<MemoryNeed> need) {
    OptionalLong freeBytes = ((Jgml) command.root().userObject()).freeBytes();
    if (!withoutMemoryCheck && freeBytes.isPresent()) {
      MemoryCheck.require(need.get(), freeBytes.getAsLong());
    }
  }

  /// Says at the end of a session what its cache did, if the user chose one.
  void reportCache(ModelSession session, Streams streams) {
    if (cache.isChosen()) {
      streams.note(CacheLine.of(session.cacheReport()));
    }
    if (cache.listsMissedAttention()) {
      missed.lines().forEach(streams::note);
    }
    if (cache.boundsMissedAttention()) {
      streams.note(missed.summary());
    }
  }

  private SessionOptions sessionOptions(int needed) {
    UsageException.requireAtLeast(0, "-c", contextLength);
    UsageException.requireAtLeast(1, "-b", batchLength);
    return new SessionOptions(
        contextLength != 0 ? contextLength : needed,
        keyType != null ? keyType : type,
        valueType != null ? valueType : type,
        batchLength);
  }
}
