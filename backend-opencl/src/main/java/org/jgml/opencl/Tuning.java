package org.jgml.opencl;

/// How kernels are cut for a device.
///
/// @param lanes work-items that share a row of a norm, a softmax or a sum; a power of two
/// @param attentionLanes work-items that share the keys of a query; a power of two
/// @param productLanes work-items that share the inner dimension of a product of few tokens
/// @param elementItems work-items in a group of an elementwise kernel
/// @param isTiled whether products of many tokens use tiles in local memory
/// @param isZeroCopy whether the device reads host memory in place
record Tuning(
    int lanes,
    int attentionLanes,
    int productLanes,
    int elementItems,
    boolean isTiled,
    boolean isZeroCopy) {

  /// On a processor a work-item is a loop of a thread and barriers are dear: one item does a row,
  /// with vectors. On a GPU items are lanes.
  static Tuning of(DeviceProfile profile) {
    return profile.isCpu() ? new Tuning(1, 1, 1, 16, false, true) : ofGpu(profile);
  }

  /// How a GPU of this profile would be used.
  static Tuning ofGpu(DeviceProfile profile) {
    int lanes = (int) Math.min(128, Long.highestOneBit(profile.workGroupItems()));
    return new Tuning(
        lanes,
        Math.min(lanes, 32),
        Math.min(lanes, 32),
        Math.min(lanes, 64),
        profile.workGroupItems() >= 256 && profile.localBytes() >= 16 << 10,
        false);
  }
}
