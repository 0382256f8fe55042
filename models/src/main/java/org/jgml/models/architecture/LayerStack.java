package org.jgml.models.architecture;

import java.util.Map;
import java.util.Optional;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Rope;
import org.jgml.kvcache.CacheGraph;
import org.jgml.kvcache.LayerAttention;

/// What all layers of a graph share.
///
/// @param tensors the weights
/// @param cache where keys and values go
/// @param ropeStyle how the architecture pairs the elements it rotates; empty if it rotates none
/// @param queryFactors by which queries grow, where they do
/// @param inputs what each layer reads beside the stream, `[tokens, layers, width]`
/// @param attentions of the layers so far, by their numbers
record LayerStack(
    ModelTensors tensors,
    CacheGraph cache,
    Optional<Rope.Style> ropeStyle,
    QueryFactors queryFactors,
    Optional<Node> inputs,
    Map<Integer, LayerAttention> attentions) {}
