package org.jgml.models.architecture;

import org.jgml.core.graph.Node;

/// The block of models of Mamba alone (Gu and Dao 2023, section 3.4), or of Mamba-2 (Dao and Gu
/// 2024, section 7).
final class MambaBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    Node normed = layer.rmsNorm(x, "attn_norm");
    Node mixed = layer.has("ssm_x") ? new Mamba(layer).of(normed) : new Mamba2(layer).of(normed);
    return layer.graph().add(layer.kept(x), mixed);
  }
}
