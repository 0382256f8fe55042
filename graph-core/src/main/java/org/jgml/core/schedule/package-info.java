/// From a graph to something that can run: layouts, placement on devices, splits and memory.
///
/// In order: [DenseOperands] inserts the copies that layouts need, [Scheduler] gives each node a
/// device and cuts the graph into splits, [MemoryPlanner] gives each value an address. The result
/// is an [ExecutionPlan]; nothing has been allocated yet.
package org.jgml.core.schedule;
