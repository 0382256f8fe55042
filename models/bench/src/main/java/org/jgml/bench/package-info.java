/// What each op costs on a device, held against the limits of the machine.
///
/// [Workloads] derives shapes from the specs of the ops, [OpBenchmark] times one of them in a
/// virtual machine of its own (JMH), [Report] keeps the figures, [Comparison] finds what became
/// slower.
package org.jgml.bench;
