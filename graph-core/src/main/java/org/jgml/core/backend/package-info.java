/// What a backend implements: devices, their memory and their executables.
///
/// A device runs *segments*: lists of steps whose operands already have addresses. Threads,
/// streams, kernels and their choice are the backend's own affair. Two rules hold for every step:
/// the rows of each operand are dense in memory (only the op `copy` takes other layouts), and an op
/// that overwrites its first operand finds its result at that operand's address.
///
/// [BackendProvider], [Device], [Buffer] and [Executable] are all that a simple device needs. What
/// only some devices can do is an interface of its own, which the device implements as well:
/// [AsynchronousDevice] (streams, events, page-locked host memory, pages gathered from the host)
/// and [BoundedDevice] (limits of memory).
///
/// What the engine gives them and asks of them: [Segment], [Step], [Tensor], [Fusion],
/// [DeviceOptions] and, of a device with streams, [DeviceStream], [DeviceEvent], [StreamCall],
/// [Pages] and [HostMemory]. What they answer: [Verdict], [DeviceMemory], [DeviceException].
///
/// What devices on the host may use and need not: [HostBuffer] is memory that the CPU addresses.
package org.jgml.core.backend;
