package org.jgml.models.architecture;

import org.jgml.core.graph.Node;
import org.jgml.core.op.Rope;
import org.jgml.kvcache.KvCache;

/// What all layers of a graph share.
///
/// @param tensors the weights
/// @param cache where keys and values go
/// @param ropeStyle how the architecture pairs the elements it rotates
/// @param positions I32 `[tokens]`
record LayerStack(ModelTensors tensors, KvCache cache, Rope.Style ropeStyle, Node positions) {}
