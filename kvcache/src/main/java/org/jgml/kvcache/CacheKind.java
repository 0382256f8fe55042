package org.jgml.kvcache;

import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.WindowKvCache.SinkPositions;

/// A kind of cache, before a model and a session give it lengths and types.
public sealed interface CacheKind {
  /// The cache of a session.
  ///
  /// @param capacity tokens that it shall be able to hold
  /// @param batchLength tokens of a prompt to read together, as far as the kind leaves a choice
  KvCache cache(int capacity, DataType keyType, DataType valueType, int batchLength);

  /// Whether memory on the device grows with the text, so that its length must be known.
  boolean growsWithText();

  /// All tokens.
  record Full() implements CacheKind {
    @Override
    public KvCache cache(int capacity, DataType keyType, DataType valueType, int batchLength) {
      return new FullKvCache(capacity, keyType, valueType, batchLength);
    }

    @Override
    public boolean growsWithText() {
      return true;
    }
  }

  /// The last tokens and the first ones.
  ///
  /// @param initialTokens tokens at the beginning of the text that are always seen
  /// @param localWindow tokens up to and with a query's own that it sees
  record Window(int initialTokens, int localWindow, SinkPositions positions) implements CacheKind {
    @Override
    public KvCache cache(int capacity, DataType keyType, DataType valueType, int batchLength) {
      NearStore store =
          new NearStore(initialTokens, localWindow, 0, batchLength, keyType, valueType);
      return new WindowKvCache(capacity, store, positions);
    }

    @Override
    public boolean growsWithText() {
      return false;
    }
  }

  /// The last tokens, the first ones, and blocks of the others that matter to a query.
  record InfLlm(InfLlmParameters parameters) implements CacheKind {
    @Override
    public KvCache cache(int capacity, DataType keyType, DataType valueType, int batchLength) {
      return new InfLlmKvCache(capacity, parameters, keyType, valueType);
    }

    @Override
    public boolean growsWithText() {
      return false;
    }
  }
}
