package org.jgml.core.schedule;

import org.jgml.core.backend.Device;

/// Where a weight or a state shall lie.
///
/// @param reason why, in a clause for the placement report, such as `-ngl 12`
public record Wish(Device device, String reason) {}
