package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Every key and value of the sequence, keys rotated as they are stored: row `i` is position `i`.
///
/// @param capacity tokens that fit
/// @param keyType element type of stored keys
/// @param valueType element type of stored values
public record FullKvCache(int capacity, DataType keyType, DataType valueType) implements KvCache {
  /// @throws IllegalArgumentException if the capacity is not positive
  public FullKvCache {
    if (capacity < 1) {
      throw new IllegalArgumentException("a cache holds at least 1 token, not " + capacity);
    }
  }

  @Override
  public long layerBytes(long keyLength, long valueLength) {
    return keyType.bytes(capacity * keyLength) + valueType.bytes(capacity * valueLength);
  }

  @Override
  public Node attend(GraphBuilder g, LayerAttention layer) {
    Node positions = layer.positions();
    Node query = layer.rotation().rotate(g, layer.query(), positions);
    Node key = layer.rotation().rotate(g, layer.key(), positions);
    Node keys = store(g, "key." + layer.layer(), keyType, key, positions);
    Node values = store(g, "value." + layer.layer(), valueType, layer.value(), positions);
    return g.attention(attention(layer.scores()), query, keys, values, positions);
  }

  private static Attention attention(AttentionScores scores) {
    AttentionMask mask = new AttentionMask.Causal(scores.window());
    return new Attention(scores.scale(), scores.softCap(), 0, mask, false);
  }

  /// Writes one row a token and shows the whole store as `[capacity, heads, size]`.
  private Node store(GraphBuilder g, String name, DataType type, Node rows, Node positions) {
    Shape shape = rows.type().shape();
    long rowLength = shape.dim(1) * shape.dim(2);
    Node state = g.state("cache." + name, stored(name, type, rowLength, shape.dim(2)));
    Node written = g.setRows(state, g.reshape(rows, shape.dim(0), rowLength), positions);
    return g.reshape(written, capacity, shape.dim(1), shape.dim(2));
  }

  private TensorType stored(String name, DataType type, long rowLength, long headSize) {
    if (headSize % type.blockElements() != 0) {
      throw new IllegalArgumentException(
          "cache.%s: heads of %d elements are no whole number of %s blocks of %d. Fix: use F16 or F32."
              .formatted(name, headSize, type, type.blockElements()));
    }
    return TensorType.of(type, capacity, rowLength);
  }
}
