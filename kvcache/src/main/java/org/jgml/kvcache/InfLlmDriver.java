package org.jgml.kvcache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.runtime.Execution;
import org.jgml.core.tensor.TensorType;
import org.jgml.kvcache.tier.BlockLoader;
import org.jgml.kvcache.tier.BlockPool;
import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.PoolCounters;
import org.jgml.kvcache.tier.PoolMemory;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// InfLLM in one session: where tokens are, which blocks there are, and what moves between memory
/// of the host and the device.
public final class InfLlmDriver implements CacheDriver {
  private static final String BLOCKS = "blocks";

  private final CacheContext context;
  private final InfLlmParameters parameters;
  private final NearRows rows;
  private final List<Integer> layers;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment block;
  private final BlockStore store;
  private final BlockLoader loader;
  private final BlockLookup[] lookups;
  private InfLlmKvCache cache;
  private InfLlmListener listener = InfLlmListener.NONE;
  private int sealed;

  InfLlmDriver(InfLlmKvCache cache, CacheContext context) {
    this.cache = cache;
    this.context = context;
    this.parameters = cache.parameters();
    this.rows = new NearRows(cache.near(), parameters.scorer().needsAttentionSums(), context);
    List<LayerShape> shapes = context.layers();
    this.layers =
        IntStream.range(0, shapes.size())
            .filter(layer -> InfLlmKvCache.remembers(shapes.get(layer)))
            .boxed()
            .toList();
    shapes.forEach(this::requireWindow);
    long blockBytes = layers.isEmpty() ? 1 : cache.blockBytes(shapes.get(layers.getFirst()));
    this.block = arena.allocate(blockBytes, 64);
    this.store = context.openStore(context.shape(cache, blockBytes));
    this.loader =
        context.loadsAsynchronously()
            ? BlockLoader.asynchronous(blockBytes)
            : BlockLoader.synchronous(blockBytes);
    this.lookups = new BlockLookup[shapes.size()];
    layers.forEach(this::bind);
  }

  private void requireWindow(LayerShape layer) {
    CacheLengths.require(
        layer.window() <= parameters.localWindow(),
        "--n-local %d is less than the window of %d tokens that layers of this model have"
            .formatted(parameters.localWindow(), layer.window()));
  }

  private void bind(int layer) {
    lookups[layer] = new BlockLookup(layer, parameters);
    context.session().bind(InfLlmGraph.resolve(layer), lookups[layer]::resolve);
    context.session().bind(InfLlmGraph.await(layer), lookups[layer]::await);
  }

  /// Shows what is selected and sealed from now on.
  public void listen(InfLlmListener other) {
    listener = other;
    layers.forEach(layer -> lookups[layer].listen(other));
  }

  @Override
  public KvCache cache() {
    return cache;
  }

  @Override
  public int length() {
    return rows.length();
  }

  @Override
  public void begin(int tokens) {
    rows.makeRoom(tokens);
  }

  @Override
  public void write(Execution execution, int tokens) {
    int window = parameters.localWindow();
    rows.write(execution, tokens, window - 1);
    NearRows.write(execution, NearGraph.INITIAL_LAST, initialLasts(tokens));
    int first = rows.row(Math.max(parameters.initialTokens(), sealedTokens()));
    NearRows.write(execution, InfLlmGraph.TAIL_FIRST, NearRows.same(tokens, first));
    int[] lasts = gone(tokens);
    for (int i = 0; i < tokens; i++) {
      // Before the first tokens there is no row; -1 hides all.
      lasts[i] = lasts[i] < parameters.initialTokens() ? -1 : rows.row(lasts[i]);
    }
    NearRows.write(execution, InfLlmGraph.TAIL_LAST, lasts);
    if (cache.blockCapacity() > 0 && parameters.selectedBlocks() > 0) {
      layers.forEach(this::openPool);
    }
  }

  private int[] initialLasts(int tokens) {
    int[] lasts = gone(tokens);
    for (int i = 0; i < tokens; i++) {
      lasts[i] = Math.min(parameters.initialTokens() - 1, lasts[i]);
    }
    return lasts;
  }

  /// For each of the next tokens the last one before it that it sees as far away.
  private int[] gone(int tokens) {
    int window = parameters.localWindow();
    int next = rows.length();
    return switch (parameters.mask()) {
      case EXACT -> IntStream.range(next, next + tokens).map(token -> token - window).toArray();
      case COMPATIBLE -> NearRows.same(tokens, next + tokens - 1 - window);
    };
  }

  /// Tokens up to the end of the last block.
  private int sealedTokens() {
    return parameters.initialTokens() + sealed * parameters.blockSize();
  }

  private void openPool(int layer) {
    if (!lookups[layer].isOpen()) {
      PoolMemory memory =
          new PoolMemory(
              context.session().state(cache.pooledKeys(layer).fullName()),
              context.session().state(cache.pooledValues(layer).fullName()),
              parameters.pooledBlocks());
      lookups[layer].open(
          store,
          new BlockPool(
              layer, parameters.selectedBlocks(), memory, store, parameters.replacement(), loader));
    }
  }

  @Override
  public void end(int tokens) {
    rows.add(tokens);
    while (rows.length() - sealedTokens() - parameters.blockSize() >= parameters.localWindow()) {
      seal();
    }
  }

  private void seal() {
    if (sealed == cache.blockCapacity()) {
      growIndex();
    }
    Execution execution = context.session().execution(context.plan(new Sealing(cache)));
    int first = sealedTokens();
    execution.write(
        Sealing.ROWS,
        IntStream.range(first, first + parameters.blockSize()).map(rows::row).toArray());
    execution.write(Sealing.BLOCK, sealed);
    execution.run();
    for (int layer : layers) {
      LayerShape shape = context.layers().get(layer);
      long keyBytes = parameters.blockSize() * cache.keyType().bytes(shape.keyLength());
      execution.read(Sealing.keys(layer), block.asSlice(0, keyBytes));
      execution.read(Sealing.values(layer), block.asSlice(keyBytes));
      // Not again, should an earlier attempt have failed half-way.
      if (store.count(layer) == sealed) {
        store.append(layer, block);
      }
    }
    listener.sealed(sealed, execution);
    sealed++;
  }

  private void growIndex() {
    cache = cache.holding(sealed + 1);
    BlockIndex index = new BlockIndex(cache);
    for (int layer : layers) {
      for (BlockIndex.Resizable state : index.states(layer, context.layers().get(layer))) {
        StoredRows stored = state.rows();
        context
            .session()
            .growState(
                stored.fullName(), TensorType.of(stored.type(), stored.rows(), state.length()));
      }
    }
  }

  @Override
  public int rewindPoint(int wanted) {
    boolean isUnsealed = sealed == 0 || wanted - sealedTokens() >= parameters.localWindow();
    return isUnsealed && rows.holdsWindow(wanted) ? wanted : 0;
  }

  @Override
  public void rewind(int wanted) {
    rows.rewind(wanted);
    if (wanted == 0 && sealed > 0) {
      sealed = 0;
      store.clear();
      layers.forEach(layer -> lookups[layer].clear());
    }
  }

  @Override
  public CacheReport report() {
    long deviceBytes = context.layers().stream().mapToLong(cache::layerBytes).sum();
    PoolCounters pools =
        layers.stream()
            .map(layer -> lookups[layer].counters())
            .reduce(PoolCounters.ZERO, PoolCounters::plus);
    return new CacheReport(deviceBytes, store.counters(), pools);
  }

  @Override
  public CacheShape shape() {
    return context.shape(cache, store.blockBytes());
  }

  @Override
  public int savedRows(String state, int all) {
    if (InfLlmKvCache.isPool(state)) {
      return 0;
    }
    return BlockIndex.isPart(state) ? sealed : rows.used();
  }

  @Override
  public void save(SessionWriter writer) {
    rows.save(writer);
    writer.ints(BLOCKS, sealed, cache.blockCapacity());
    writer.blocks(store);
  }

  @Override
  public void restore(SavedSession saved) {
    rows.restore(saved);
    int[] blocks = saved.ints(BLOCKS);
    sealed = blocks[0];
    if (blocks[1] > 0) {
      cache = cache.holding(blocks[1]);
      // Makes the states of the index.
      context.session().execution(context.plan(new Sealing(cache)));
    }
  }

  @Override
  public void close() {
    loader.close();
    store.close();
    arena.close();
  }
}
