package org.jgml.core.runtime;

import java.util.Map;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.schedule.ExecutionPlan;

/// A run that is about to begin.
///
/// @param arenas the memory of each device in which the plan's addresses are
public record ObservedRun(ExecutionPlan plan, Map<Device, Buffer> arenas) {}
