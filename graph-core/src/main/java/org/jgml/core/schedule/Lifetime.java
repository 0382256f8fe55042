package org.jgml.core.schedule;

import org.jgml.core.graph.Node;

/// A value that needs memory of a device, from the step that makes it to the last that reads it.
///
/// Steps are counted over the whole plan: the nodes of all splits, in order, from 0.
///
/// @param first the first step at which the memory is in use; -1 for values given before the run
/// @param last the last step that reads it; [Integer#MAX_VALUE] for outputs and retained values
/// @param isComputed whether a step of this device makes it; else it is copied here
public record Lifetime(Node owner, long bytes, int first, int last, boolean isComputed) {}
