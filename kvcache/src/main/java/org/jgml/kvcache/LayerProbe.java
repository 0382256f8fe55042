package org.jgml.kvcache;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;

/// Remembers nothing but which layers asked for attention.
public final class LayerProbe implements CacheGraph {
  private final GraphBuilder root;
  private final List<LayerShape> layers = new ArrayList<>();

  /// The probe of a graph of one token.
  public LayerProbe(GraphBuilder root) {
    this.root = root;
  }

  @Override
  public Node attend(GraphBuilder g, LayerAttention layer) {
    layers.add(LayerShape.of(layer));
    return SideGraphs.placeholder(g, layer);
  }

  @Override
  public Node positions() {
    return root.input("positions", DataType.I32, 1);
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
