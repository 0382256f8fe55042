package org.jgml.kvcache;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// Remembers nothing but which layers asked for attention.
public final class LayerProbe implements CacheGraph {
  private final List<LayerShape> layers = new ArrayList<>();

  @Override
  public Node attend(GraphBuilder g, LayerAttention layer) {
    layers.add(LayerShape.of(layer));
    return SideGraphs.placeholder(g, layer);
  }

  @Override
  public int reach() {
    return 1;
  }

  /// The layers of the model that attend, in order.
  public List<LayerShape> layers() {
    return List.copyOf(layers);
  }
}
