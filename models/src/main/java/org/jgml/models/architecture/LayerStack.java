package org.jgml.models.architecture;

import org.jgml.core.op.Rope;
import org.jgml.kvcache.CacheGraph;

/// What all layers of a graph share.
///
/// @param tensors the weights
/// @param cache where keys and values go
/// @param ropeStyle how the architecture pairs the elements it rotates
/// @param queryFactors by which queries grow, where they do
record LayerStack(
    ModelTensors tensors, CacheGraph cache, Rope.Style ropeStyle, QueryFactors queryFactors) {}
