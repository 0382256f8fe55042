package org.jgml.models;

import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.BlockStorage;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.KvCache;

/// How much a session remembers, and how.
///
/// @param contextLength tokens that fit; 0 for the model's trained length, at most 4096, or for no
///   bound if memory does not grow with the text
/// @param keyType element type of cached keys
/// @param valueType element type of cached values
/// @param batchLength tokens that are evaluated together while a prompt is read
/// @param cacheKind what is remembered
/// @param storage where blocks are kept that are not on the device
public record SessionOptions(
    int contextLength,
    DataType keyType,
    DataType valueType,
    int batchLength,
    CacheKind cacheKind,
    BlockStorage storage) {
  private static final int DEFAULT_CONTEXT = 4096;

  /// What bounds the text where memory does not.
  private static final int ENDLESS_CONTEXT = 1 << 30;

  /// @throws IllegalArgumentException if a length makes no sense
  public SessionOptions {
    if (contextLength < 0) {
      throw new IllegalArgumentException("contextLength must be >= 0, is " + contextLength);
    }
    if (batchLength < 1) {
      throw new IllegalArgumentException("batchLength must be >= 1, is " + batchLength);
    }
  }

  /// A cache of all tokens.
  public SessionOptions(int contextLength, DataType keyType, DataType valueType, int batchLength) {
    this(
        contextLength,
        keyType,
        valueType,
        batchLength,
        new CacheKind.Full(),
        BlockStorage.inMemory());
  }

  /// F16 cache of the trained length, batches of 512.
  public static SessionOptions defaults() {
    return new SessionOptions(0, DataType.F16, DataType.F16, 512);
  }

  /// The same with the lengths that a session of this model has.
  ///
  /// @throws IllegalArgumentException if the model has nothing that such a cache could choose from
  SessionOptions forModel(Model model) {
    if (model.layers().isEmpty() && !(cacheKind instanceof CacheKind.Full)) {
      throw new IllegalArgumentException(
          "no layer of this model attends to earlier tokens, so there are none to choose from. Fix:"
              + " use --kv full");
    }
    int trained = model.hyperparameters().contextLength();
    int usual = cacheKind.growsWithText() ? Math.min(trained, DEFAULT_CONTEXT) : ENDLESS_CONTEXT;
    int context = contextLength > 0 ? contextLength : usual;
    int batch = Math.min(batchLength, context);
    return new SessionOptions(context, keyType, valueType, batch, cacheKind, storage);
  }

  KvCache cache() {
    return cacheKind.cache(contextLength, keyType, valueType, batchLength);
  }

  /// The same with another kind of cache.
  public SessionOptions withCache(CacheKind kind) {
    return new SessionOptions(contextLength, keyType, valueType, batchLength, kind, storage);
  }

  /// The same with blocks kept elsewhere.
  public SessionOptions withStorage(BlockStorage other) {
    return new SessionOptions(contextLength, keyType, valueType, batchLength, cacheKind, other);
  }

  /// The same with another context length.
  public SessionOptions withContextLength(int tokens) {
    return new SessionOptions(tokens, keyType, valueType, batchLength, cacheKind, storage);
  }

  /// The same with another element type of cached keys and values.
  public SessionOptions withCacheType(DataType type) {
    return new SessionOptions(contextLength, type, type, batchLength, cacheKind, storage);
  }
}
