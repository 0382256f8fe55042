package org.jgml.core.schedule;

import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;

/// The device of a node, and the rule that chose it.
///
/// @param reason one clause for the placement report
/// @param isFallback whether it would run elsewhere if that device had a kernel for it
public record Placement(Node node, Device device, String reason, boolean isFallback) {}
