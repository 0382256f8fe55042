package org.jgml.kvcache;

import java.util.HashMap;
import java.util.Map;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.tensor.DataType;

/// InfLLM: the first and the last tokens of a text on the device, all others in blocks elsewhere,
/// of which each slice of queries looks at the few that it has most to do with. Memory on the
/// device is bounded but for an index of one row a block; the text is not.
///
/// @param capacity tokens that it may read
/// @param keyType element type of keys, at rest as on the device
/// @param valueType element type of values
/// @param blockCapacity blocks that the index has rows for; 0 before there is one
/// @param selecting whether blocks are selected, or those of the run before looked at again
public record InfLlmKvCache(
    int capacity,
    InfLlmParameters parameters,
    DataType keyType,
    DataType valueType,
    int blockCapacity,
    boolean selecting)
    implements KvCache {
  private static final int LEAST_BLOCK_CAPACITY = 64;

  /// @throws IllegalArgumentException if the capacity is not positive
  public InfLlmKvCache {
    CacheLengths.require(capacity >= 1, "a cache holds at least 1 token, not " + capacity);
  }

  /// A cache that has no block yet.
  public InfLlmKvCache(
      int capacity, InfLlmParameters parameters, DataType keyType, DataType valueType) {
    this(capacity, parameters, keyType, valueType, 0, true);
  }

  /// Where tokens are that are in no block.
  NearStore near() {
    return new NearStore(
        parameters.initialTokens(),
        parameters.localWindow(),
        parameters.blockSize(),
        parameters.sliceLength(),
        keyType,
        valueType);
  }

  /// The same with an index of at least this many rows: powers of two, so that graphs are few.
  InfLlmKvCache holding(int blocks) {
    int rows = Math.max(blockCapacity, LEAST_BLOCK_CAPACITY);
    while (rows < Math.max(blocks, parameters.selection().blocks())) {
      rows *= 2;
    }
    return new InfLlmKvCache(capacity, parameters, keyType, valueType, rows, selecting);
  }

  /// The same that selects blocks, or does not.
  InfLlmKvCache selecting(boolean selects) {
    return new InfLlmKvCache(capacity, parameters, keyType, valueType, blockCapacity, selects);
  }

  /// Blocks that a run of so many tokens can look at.
  int lookupBlocks(int tokens) {
    return tokens == 1 && parameters.selection().missed() instanceof MissedMass.Limited
        ? parameters.pooledBlocks()
        : parameters.selection().blocks();
  }

  /// Whether a layer looks at blocks: not if the model itself limits what it sees.
  static boolean remembers(LayerShape layer) {
    return layer.window() == 0;
  }

  /// Whether this layer attends to blocks as yet.
  boolean hasBlocks(LayerShape layer) {
    return remembers(layer) && blockCapacity > 0 && parameters.selection().blocks() > 0;
  }

  /// Whether a state holds nothing but copies of blocks.
  static boolean isPool(String state) {
    return state.startsWith("cache.pool.");
  }

  /// Blocks of a layer on the device: their keys.
  StoredRows pooledKeys(int layer) {
    int rows = parameters.pooledBlocks() * parameters.blockSize();
    return new StoredRows("pool.key." + layer, rows, keyType);
  }

  /// Blocks of a layer on the device: their values.
  StoredRows pooledValues(int layer) {
    int rows = parameters.pooledBlocks() * parameters.blockSize();
    return new StoredRows("pool.value." + layer, rows, valueType);
  }

  /// Bytes of a block of one layer.
  long blockBytes(LayerShape layer) {
    return parameters.blockSize()
        * (keyType.bytes(layer.keyLength()) + valueType.bytes(layer.valueLength()));
  }

  @Override
  public int batchLength() {
    return parameters.sliceLength();
  }

  @Override
  public boolean readsLastTokenAlone() {
    return true;
  }

  @Override
  public long layerBytes(LayerShape layer) {
    long bytes = near().layerBytes(layer);
    if (!remembers(layer)) {
      return bytes;
    }
    if (parameters.selection().scorer().measure() != null) {
      bytes += AttentionSums.bytes(near(), layer);
    }
    return hasBlocks(layer) ? bytes + blockBytesOnDevice(layer) : bytes;
  }

  /// Pool and index.
  private long blockBytesOnDevice(LayerShape layer) {
    long indexBytes = BlockIndex.all(this).stream().mapToLong(index -> index.bytes(layer)).sum();
    long presenceBytes = (long) blockCapacity * Float.BYTES;
    return parameters.pooledBlocks() * blockBytes(layer) + indexBytes + presenceBytes;
  }

  @Override
  public CacheGraph graph(GraphBuilder g, int tokens) {
    return new InfLlmGraph(this, g, tokens);
  }

  /// How many blocks are looked at decides over the text that follows, and is among them.
  @Override
  public Map<String, String> facts() {
    Map<String, String> facts = new HashMap<>(near().facts());
    facts.put("--kv", "infllm");
    facts.put("--block-size", Integer.toString(parameters.blockSize()));
    facts.put("--exc-block-size", Integer.toString(parameters.sliceLength()));
    facts.put("mask", parameters.mask().toString());
    facts.putAll(parameters.selection().facts());
    if (parameters.selection().missed() instanceof MissedMass.Limited) {
      // As many blocks are looked at as fit.
      facts.put("--max-cached-block", Integer.toString(parameters.pooledBlocks()));
    }
    return facts;
  }

  @Override
  public CacheDriver driver(CacheContext context) {
    return new InfLlmDriver(this, context);
  }
}
