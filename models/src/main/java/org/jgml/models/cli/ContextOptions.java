package org.jgml.models.cli;

import org.jgml.core.tensor.DataType;
import org.jgml.models.SessionOptions;
import picocli.CommandLine.Option;

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

  SessionOptions sessionOptions() {
    return sessionOptions(0);
  }

  /// @param needed the context length if the user gave none; 0 for the session's default
  SessionOptions sessionOptions(int needed) {
    return new SessionOptions(
        contextLength != 0 ? contextLength : needed,
        keyType != null ? keyType : type,
        valueType != null ? valueType : type,
        batchLength);
  }
}
