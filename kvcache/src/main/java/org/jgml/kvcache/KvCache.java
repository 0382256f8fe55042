package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// What a model remembers of earlier tokens, and how it attends to it.
///
/// A model's block hands over its queries, keys and values; the cache adds the graph part that
/// stores keys and values and attends to all it holds. Where a key lies and how far it seems away
/// are the cache's affair, so it also decides which positions to rotate by. Immutable: the bytes
/// are states of the session.
public interface KvCache {
  /// Adds the attention of one layer to a graph.
  ///
  /// @return the attended values, F32 `[tokens, heads, valueSize]`
  Node attend(GraphBuilder g, LayerAttention layer);

  /// The number of tokens that it can hold.
  int capacity();

  /// Bytes that it keeps for one layer.
  ///
  /// @param keyLength elements of all keys of a token
  /// @param valueLength elements of all values of a token
  long layerBytes(long keyLength, long valueLength);
}
