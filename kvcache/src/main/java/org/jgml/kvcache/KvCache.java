package org.jgml.kvcache;

import java.util.Map;
import org.jgml.core.graph.GraphBuilder;

/// What a model remembers of earlier tokens, and how it attends to it.
///
/// A model's block hands over its queries, keys and values; the cache adds the graph part that
/// stores keys and values and attends to what it holds. Where a key lies and how far it seems away
/// are the cache's affair, so it also decides which positions to rotate by. Immutable, and equal
/// ones build equal graphs: the bytes are states of the session, and what moves is in its
/// [CacheDriver].
public sealed interface KvCache permits FullKvCache, WindowKvCache, InfLlmKvCache {
  /// Begins the cache's part of a graph.
  ///
  /// @param tokens tokens that one run reads
  CacheGraph graph(GraphBuilder g, int tokens);

  /// The number of tokens that it can hold.
  int capacity();

  /// The most tokens that one run reads.
  int batchLength();

  /// Whether the last token of a prompt is read in a run of its own.
  default boolean readsLastTokenAlone() {
    return false;
  }

  /// Bytes on the device for one layer.
  long layerBytes(LayerShape layer);

  /// What decides over the bytes that it keeps, in words, by the names of the command line.
  Map<String, String> facts();

  /// Puts the cache to work in a session.
  CacheDriver driver(CacheContext context);
}
