package org.jgml.kvcache;

import java.util.HashSet;
import java.util.Set;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// Lets only those layers through that have keys of their own: what is done once for each cache of
/// a layer asks for no more.
public final class OwnKeys implements CacheGraph {
  private final CacheGraph inner;
  private final Set<Integer> seen = new HashSet<>();

  public OwnKeys(CacheGraph inner) {
    this.inner = inner;
  }

  @Override
  public Node attend(GraphBuilder g, LayerAttention layer) {
    return seen.add(layer.layer()) ? inner.attend(g, layer) : SideGraphs.placeholder(g, layer);
  }

  @Override
  public Node positions() {
    return inner.positions();
  }

  @Override
  public int reach() {
    return inner.reach();
  }
}
