package org.jgml.kvcache;

import static org.jgml.kvcache.BlockSelection.GROUP_BLOCKS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Tensor;
import org.jgml.core.runtime.Execution;
import org.jgml.kvcache.tier.BlockLoader;
import org.jgml.kvcache.tier.BlockPool;
import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.DeviceCopies;
import org.jgml.kvcache.tier.PoolCounters;
import org.jgml.kvcache.tier.PoolMemory;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// InfLLM in one session: where tokens are, which blocks there are, and what moves between memory
/// of the host and the device.
public final class InfLlmDriver implements CacheDriver {
  private static final String BLOCKS = "blocks";
  private static final String SELECTED = "selected.";

  /// What was selected for a slice of a prompt is not right for a token.
  private static final int NO_SELECTION = Integer.MAX_VALUE / 2;

  private final CacheContext context;
  private final InfLlmParameters parameters;
  private final NearRows rows;
  private final List<Integer> layers;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment block;
  private final BlockStore store;
  private final BlockLoader loader;
  private final BlockLookup[] lookups;
  private final Map<Device, DeviceCopies> copies = new HashMap<>();
  private InfLlmKvCache cache;
  private InfLlmListener listener = InfLlmListener.NONE;
  private int sealed;
  private int stepsSinceSelection = NO_SELECTION;

  InfLlmDriver(InfLlmKvCache cache, CacheContext context) {
    this.cache = cache;
    this.context = context;
    this.parameters = cache.parameters();
    this.rows =
        new NearRows(cache.near(), parameters.selection().scorer().measure() != null, context);
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
    BlockLookup lookup =
        new BlockLookup(layer, context.layers().get(layer), parameters, () -> sealed);
    lookups[layer] = lookup;
    context.session().bind(InfLlmGraph.resolveName(layer), lookup::resolve);
    context.session().bind(InfLlmGraph.limitName(layer), lookup::limit);
    context.session().bind(InfLlmGraph.awaitName(layer), lookup::await);
    context.session().bind(InfLlmGraph.missedName(layer), lookup::boundMissedMass);
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
    boolean selects = tokens > 1 || stepsSinceSelection >= parameters.selection().steps();
    cache = cache.selecting(selects);
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
    if (cache.blockCapacity() > 0 && parameters.selection().blocks() > 0) {
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
      String keys = cache.pooledKeys(layer).fullName();
      PoolMemory memory =
          new PoolMemory(
              context.session().state(keys),
              context.session().state(cache.pooledValues(layer).fullName()),
              parameters.pooledBlocks(),
              copies.computeIfAbsent(context.session().home(keys), DeviceCopies::to));
      lookups[layer].open(
          new BlockPool(
              layer,
              Math.max(cache.lookupBlocks(1), cache.lookupBlocks(2)),
              memory,
              store,
              parameters.replacement(),
              loader));
    }
  }

  /// Rows have got a part of the attention of a batch when it is given up, and blocks are awaited.
  @Override
  public boolean canGiveUp() {
    return false;
  }

  @Override
  public void end(int tokens) {
    rows.add(tokens);
    int steps = cache.selecting() ? 1 : stepsSinceSelection + 1;
    stepsSinceSelection = tokens > 1 ? NO_SELECTION : steps;
    while (isBlockDue()) {
      seal(nextBlock());
    }
    storeAhead();
  }

  private boolean isBlockDue() {
    return unsealed() >= parameters.blockSize();
  }

  /// Tokens that have left the window and are in no block.
  private int unsealed() {
    return rows.length() - sealedTokens() - parameters.localWindow();
  }

  /// Stores the tokens of the next block in some layers, so that few are left when it is due.
  private void storeAhead() {
    boolean isThere = unsealed() >= 0 && parameters.localWindow() >= parameters.blockSize();
    int done = isThere ? layers.size() * (unsealed() + 1) / parameters.blockSize() : 0;
    for (int layer : layers.subList(0, done)) {
      store(layer, rows.row(sealedTokens()));
    }
  }

  /// Stores keys and values of the next block, if they are not there.
  ///
  /// @param firstRow the row of its first token; the others follow
  private void store(int layer, int firstRow) {
    if (store.count(layer) > sealed) {
      return;
    }
    LayerShape shape = context.layers().get(layer);
    long keyBytes = parameters.blockSize() * cache.keyType().bytes(shape.keyLength());
    read(cache.near().farKeys(context.session(), layer), firstRow, block.asSlice(0, keyBytes));
    read(cache.near().values(layer), firstRow, block.asSlice(keyBytes));
    store.append(layer, block);
  }

  private void read(StoredRows state, int firstRow, MemorySegment target) {
    long rowBytes = target.byteSize() / parameters.blockSize();
    Tensor tensor = context.session().state(state.fullName());
    tensor.buffer().download(firstRow * rowBytes, target);
  }

  /// Each block is sealed as if its tokens were the first behind those that stay.
  @Override
  public void inject(int tokens, SyntheticRows source) {
    fill(source, 0, rows.store().rows());
    rows.place(tokens);
    int start = parameters.initialTokens();
    int[] blockRows = IntStream.range(start, start + parameters.blockSize()).toArray();
    while (isBlockDue()) {
      fill(source, start, parameters.blockSize());
      seal(blockRows);
    }
  }

  /// Fills rows of all states that hold tokens.
  private void fill(SyntheticRows source, int first, int count) {
    for (String state : context.stateNames()) {
      if (!InfLlmKvCache.isPool(state) && !BlockIndex.isPart(state)) {
        source.fill(context.session().state(state), first, count);
      }
    }
  }

  /// The rows of the tokens that are the next block.
  private int[] nextBlock() {
    int first = sealedTokens();
    return IntStream.range(first, first + parameters.blockSize()).map(rows::row).toArray();
  }

  private void seal(int... blockRows) {
    if (sealed == cache.blockCapacity()) {
      growIndex();
    }
    Execution execution = context.session().execution(context.plan(new Sealing(cache)));
    execution.write(Sealing.ROWS, blockRows);
    writePlaces(execution);
    execution.run();
    layers.forEach(layer -> store(layer, blockRows[0]));
    listener.sealed(sealed, execution);
    sealed++;
  }

  /// Says where the rows of the next block go, and which rows its group has.
  private void writePlaces(Execution execution) {
    execution.write(Sealing.BLOCK, sealed);
    NearRows.write(execution, Sealing.GROUP, sealed / GROUP_BLOCKS);
    for (BlockIndex index : BlockIndex.all(cache)) {
      int count = index.summary().rowsPerBlock();
      int first = sealed / GROUP_BLOCKS * GROUP_BLOCKS * count;
      int present = (sealed + 1) * count - first;
      int[] members = new int[GROUP_BLOCKS * count];
      float[] weights = new float[members.length];
      Arrays.setAll(members, i -> first + (i < present ? i : 0));
      Arrays.fill(weights, 0, present, 1f / present);
      execution.write(
          Sealing.indexRows(count),
          IntStream.range(sealed * count, (sealed + 1) * count).toArray());
      execution.write(Sealing.members(count), members);
      NearRows.write(execution, Sealing.weights(count), weights);
    }
  }

  private void growIndex() {
    cache = cache.holding(sealed + 1);
    for (int layer : layers) {
      LayerShape shape = context.layers().get(layer);
      BlockIndex.all(cache).forEach(index -> index.states(layer, shape).forEach(this::grow));
      grow(BlockIndex.Growing.of(BlockIndex.presence(cache, layer), 1));
    }
  }

  private void grow(BlockIndex.Growing state) {
    context.session().growState(state.name(), state.type());
  }

  @Override
  public int rewindPoint(int wanted) {
    boolean isUnsealed = sealed == 0 || wanted - sealedTokens() >= parameters.localWindow();
    return isUnsealed && rows.holdsWindow(wanted) ? wanted : 0;
  }

  @Override
  public void rewind(int wanted) {
    rows.rewind(wanted);
    stepsSinceSelection = NO_SELECTION;
    if (wanted == 0 && sealed > 0) {
      sealed = 0;
      layers.forEach(this::forgetBlocks);
    }
    if (sealed == 0 && store.counters().blocks() > 0) {
      store.clear();
    }
  }

  private void forgetBlocks(int layer) {
    lookups[layer].clear();
    Tensor presence = context.session().state(BlockIndex.presence(cache, layer).fullName());
    presence.buffer().upload(0, MemorySegment.ofArray(new byte[(int) presence.type().bytes()]));
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
    if (!BlockIndex.isPart(state)) {
      return rows.used();
    }
    // An index has room for as many blocks as its capacity, whatever its rows are of.
    return (int) Math.ceilDiv((long) all * sealed, (long) cache.blockCapacity());
  }

  @Override
  public void save(SessionWriter writer) {
    rows.save(writer);
    writer.ints(BLOCKS, sealed, cache.blockCapacity(), stepsSinceSelection);
    layers.forEach(layer -> writer.ints(SELECTED + layer, lookups[layer].selected()));
    writer.blocks(store);
  }

  @Override
  public void restore(SavedSession saved) {
    rows.restore(saved);
    int[] blocks = saved.ints(BLOCKS);
    sealed = blocks[0];
    stepsSinceSelection = blocks[2];
    layers.forEach(layer -> lookups[layer].select(saved.ints(SELECTED + layer)));
    if (blocks[1] > 0) {
      cache = cache.holding(blocks[1]);
      // Makes the states of the index.
      context.session().execution(context.plan(new Sealing(cache)));
    }
  }

  @Override
  public void close() {
    try (arena;
        store;
        loader) {
      // Closed in reverse order: what loads first, then what it reads.
    } finally {
      copies.values().forEach(DeviceCopies::close);
    }
  }
}
