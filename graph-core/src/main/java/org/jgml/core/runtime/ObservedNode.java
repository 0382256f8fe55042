package org.jgml.core.runtime;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.Step;

/// A node that runs, with the addresses of its operands and its result.
///
/// @param index its place among the steps of the plan, from 0
public record ObservedNode(int index, Device device, Step step) {}
