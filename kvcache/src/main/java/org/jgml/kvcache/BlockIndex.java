package org.jgml.kvcache;

import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Mean;
import org.jgml.core.op.TopK;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// One row a block to choose blocks by: the mean of the keys that represent it, for each query head
/// its own.
///
/// @param cache its parameters and the number of rows
record BlockIndex(InfLlmKvCache cache) {
  /// A score that no block has.
  private static final float ABSENT = 1e30f;

  /// Whether a state is part of an index.
  static boolean isPart(String state) {
    return state.startsWith("cache.block.");
  }

  private StoredRows keys(int layer) {
    return new StoredRows("block." + layer, cache.blockCapacity(), cache.parameters().indexType());
  }

  /// 1 for each block that there is.
  private StoredRows presence(int layer) {
    return new StoredRows("block.present." + layer, cache.blockCapacity(), DataType.F32);
  }

  long bytes(LayerShape layer) {
    long rowBytes = cache.parameters().indexType().bytes(layer.queryLength()) + Float.BYTES;
    return cache.blockCapacity() * rowBytes;
  }

  /// The states of a layer, with the shape of their heads.
  List<Resizable> states(int layer, LayerShape shape) {
    return List.of(
        new Resizable(keys(layer), shape.queryLength()), new Resizable(presence(layer), 1));
  }

  /// A state that grows with the number of blocks.
  record Resizable(StoredRows rows, int length) {}

  /// The best blocks for a slice of queries together, I32 `[1, selectedBlocks]`; numbers of blocks
  /// that there are not come last.
  ///
  /// @param query where far keys are looked at from, `[tokens, heads, headSize]`
  Node select(GraphBuilder g, int layer, LayerShape shape, Node query) {
    Node keys = keys(layer).state(g, shape.heads(), shape.headSize());
    Node scores = g.matmul(mean(g, query, shape), keys);
    Node present = presence(layer).state(g, 1, 1);
    Node bias = g.scale(g.reshape(present, 1, cache.blockCapacity()), ABSENT, -ABSENT);
    return g.apply(new TopK(cache.parameters().selectedBlocks()), g.add(scores, bias));
  }

  /// The mean over tokens, `[1, heads · headSize]`.
  private static Node mean(GraphBuilder g, Node query, LayerShape shape) {
    long tokens = query.type().shape().dim(0);
    Node rows = g.reshape(query, tokens, shape.queryLength());
    Node mean = tokens == 1 ? rows : g.apply(new Mean(), g.permute(rows, 1, 0));
    return g.reshape(mean, 1, shape.queryLength());
  }

  /// Writes the row of a block.
  ///
  /// @param named names the tokens that represent the block
  /// @param keys far keys of its tokens, `[blockSize, keyHeads · headSize]`
  /// @param attention what its tokens got, `[blockSize, heads]`
  /// @param block its number, I32 `[1]`
  /// @return the tokens that represent it, I32 `[heads, count]`, and the written states
  List<Node> seal(
      GraphBuilder g,
      GraphBuilder named,
      int layer,
      LayerShape shape,
      Node keys,
      Node attention,
      Node block) {
    int count = ((BlockScorer.Representatives) cache.parameters().scorer()).count();
    Node chosen = named.apply(new TopK(count), g.permute(attention, 1, 0));
    Node perKeyHead = g.reshape(chosen, shape.keyHeads(), (long) shape.group() * count);
    Node table = g.reshape(keys, keys.type().shape().dim(0), shape.keyHeads(), shape.headSize());
    Node rows = g.getRows(g.permute(table, 1, 0, 2), perKeyHead);
    Node perHead = g.reshape(rows, shape.heads(), count, shape.headSize());
    Node mean = g.apply(new Mean(), g.permute(perHead, 0, 2, 1));
    Node row = g.reshape(mean, 1, shape.heads(), shape.headSize());
    Node one = g.constant(Shape.of(1, 1, 1), 1);
    return List.of(chosen, keys(layer).write(g, row, block), presence(layer).write(g, one, block));
  }
}
