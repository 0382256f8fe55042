package org.jgml.models.cache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.core.op.RopeScaling;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.CacheContext;
import org.jgml.kvcache.CacheDriver;
import org.jgml.kvcache.KvCache;
import org.jgml.kvcache.LayerAttention;
import org.jgml.kvcache.LayerAttention.Rotation;
import org.jgml.kvcache.LayerShape;
import org.jgml.kvcache.SideGraph;
import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.MemoryBlockStore;

/// A cache at work in the one layer of a model that has nothing else: queries, keys and values are
/// given.
final class OneLayer implements CacheContext, AutoCloseable {
  private final Device device;
  private final LayerShape shape;
  private final Rotation rotation;
  private final boolean asynchronous;
  private final Session session = new Session();
  private final Map<Object, ExecutionPlan> plans = new HashMap<>();
  private final CacheDriver driver;

  OneLayer(
      Device device, KvCache cache, LayerShape shape, RopeScaling scaling, boolean asynchronous) {
    this.device = device;
    this.shape = shape;
    this.asynchronous = asynchronous;
    this.rotation = new Turning(new RopeAngles(shape.headSize(), 10000, scaling, false));
    this.driver = cache.driver(this);
  }

  private record Turning(RopeAngles angles) implements Rotation {
    @Override
    public Node rotate(GraphBuilder g, Node x, Node positions) {
      return g.rope(Rope.Style.NEOX, x, angles, positions);
    }

    @Override
    public boolean leavesPositionZero() {
      return angles.magnitude() == 1;
    }
  }

  CacheDriver driver() {
    return driver;
  }

  /// Reads tokens in one run.
  ///
  /// @param query one row a token
  /// @return one row a token
  float[] read(int tokens, float[] query, float[] key, float[] value) {
    driver.begin(tokens);
    Execution execution = session.execution(plan(tokens));
    execution.write("query", query);
    execution.write("key", key);
    execution.write("value", value);
    driver.write(execution, tokens);
    execution.run();
    float[] attended = execution.readFloats("attended");
    driver.end(tokens);
    return attended;
  }

  private ExecutionPlan plan(int tokens) {
    KvCache cache = driver.cache();
    return plans.computeIfAbsent(
        List.of(cache, tokens),
        _ -> {
          GraphBuilder g = new GraphBuilder();
          Node attended = cache.graph(g, tokens).attend(g, layer(g, tokens));
          return planned(g.named("attended").scale(attended, 1, 0), g);
        });
  }

  private ExecutionPlan planned(Node output, GraphBuilder g) {
    return ExecutionPlan.of(g.build(output), List.of(device), PlacementPolicy.firstThatSupports());
  }

  private LayerAttention layer(GraphBuilder g, int tokens) {
    Node query = g.input("query", DataType.F32, tokens, shape.heads(), shape.headSize());
    Node key = g.input("key", DataType.F32, tokens, shape.keyHeads(), shape.headSize());
    Node value = g.input("value", DataType.F32, tokens, shape.keyHeads(), shape.valueSize());
    return new LayerAttention(0, query, key, value, rotation, shape.scores());
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public List<LayerShape> layers() {
    return List.of(shape);
  }

  @Override
  public ExecutionPlan plan(SideGraph side) {
    return plans.computeIfAbsent(
        side,
        _ -> {
          GraphBuilder g = new GraphBuilder();
          SideGraph.Part part = side.begin(g);
          part.attend(g, layer(g, 1));
          return ExecutionPlan.of(
              g.buildNeeded(part.outputs().toArray(Node[]::new)),
              List.of(device),
              PlacementPolicy.firstThatSupports());
        });
  }

  @Override
  public BlockStore openStore(CacheShape wanted) {
    return new MemoryBlockStore(wanted.layers(), wanted.blockBytes(), Long.MAX_VALUE);
  }

  @Override
  public boolean loadsAsynchronously() {
    return asynchronous;
  }

  @Override
  public String fingerprint() {
    return "one layer";
  }

  @Override
  public void close() {
    driver.close();
    session.close();
  }
}
