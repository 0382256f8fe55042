package org.jgml.models;

import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.FullKvCache;
import org.jgml.kvcache.KvCache;

/// How much a session remembers, and how.
///
/// @param contextLength tokens that fit; 0 for the model's trained length, at most 4096
/// @param keyType element type of cached keys
/// @param valueType element type of cached values
/// @param batchLength tokens that are evaluated together while a prompt is read
public record SessionOptions(
    int contextLength, DataType keyType, DataType valueType, int batchLength) {
  private static final int DEFAULT_CONTEXT = 4096;

  /// @throws IllegalArgumentException if a length makes no sense
  public SessionOptions {
    if (contextLength < 0) {
      throw new IllegalArgumentException("contextLength must be >= 0, is " + contextLength);
    }
    if (batchLength < 1) {
      throw new IllegalArgumentException("batchLength must be >= 1, is " + batchLength);
    }
  }

  /// F16 cache of the trained length, batches of 512.
  public static SessionOptions defaults() {
    return new SessionOptions(0, DataType.F16, DataType.F16, 512);
  }

  /// The same with the lengths that a session of this model has.
  SessionOptions forModel(Model model) {
    int trained = model.hyperparameters().contextLength();
    int context = contextLength > 0 ? contextLength : Math.min(trained, DEFAULT_CONTEXT);
    return new SessionOptions(context, keyType, valueType, Math.min(batchLength, context));
  }

  KvCache cache() {
    return new FullKvCache(contextLength, keyType, valueType);
  }

  /// The same with another context length.
  public SessionOptions withContextLength(int tokens) {
    return new SessionOptions(tokens, keyType, valueType, batchLength);
  }

  /// The same with another element type of cached keys and values.
  public SessionOptions withCacheType(DataType type) {
    return new SessionOptions(contextLength, type, type, batchLength);
  }
}
