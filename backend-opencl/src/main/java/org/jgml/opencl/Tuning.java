package org.jgml.opencl;

import java.util.Arrays;

/// How kernels are cut for a device.
///
/// @param width floats of a vector in kernels of rows and elements: 4, 8 or 16
/// @param elementItems work-items in a group of an elementwise kernel
/// @param lanes work-items that share a row of a norm, a softmax or a sum; a power of two
/// @param productLanes work-items that share the inner dimension of a product of few tokens, or the
///   keys of a query; a power of two
/// @param productRows rows of weights that a work-item multiplies with one token at once
/// @param usesDotProducts whether products of few tokens use dot products of bytes
record Tuning(
    int width,
    int elementItems,
    int lanes,
    int productLanes,
    int productRows,
    boolean usesDotProducts) {

  /// A guess from what a device says of itself, with which measuring begins.
  ///
  /// On a processor a work-item is a loop of a thread and barriers are dear: one item does a row,
  /// with vectors. On a GPU items are lanes.
  static Tuning of(DeviceProfile profile) {
    int items = (int) Math.min(16, profile.workGroupItems());
    return profile.isCpu() ? new Tuning(8, items, 1, 1, 8, false) : ofGpu(profile);
  }

  /// How a GPU of this profile would be used.
  static Tuning ofGpu(DeviceProfile profile) {
    int lanes = (int) Math.min(128, Long.highestOneBit(profile.workGroupItems()));
    return new Tuning(8, Math.min(lanes, 64), lanes, Math.min(lanes, 32), 1, false);
  }

  /// Whether work-items share rows, as they do on a GPU.
  boolean sharesRows() {
    return lanes > 1;
  }

  Tuning withWidth(int other) {
    return new Tuning(other, elementItems, lanes, productLanes, productRows, usesDotProducts);
  }

  Tuning withElementItems(int other) {
    return new Tuning(width, other, lanes, productLanes, productRows, usesDotProducts);
  }

  Tuning withLanes(int other) {
    return new Tuning(width, elementItems, other, productLanes, productRows, usesDotProducts);
  }

  Tuning withProductLanes(int other) {
    return new Tuning(width, elementItems, lanes, other, productRows, usesDotProducts);
  }

  Tuning withProductRows(int other) {
    return new Tuning(width, elementItems, lanes, productLanes, other, usesDotProducts);
  }

  Tuning withDotProducts() {
    return new Tuning(width, elementItems, lanes, productLanes, productRows, true);
  }

  /// As [#parse] reads it.
  String text() {
    return "%d %d %d %d %d %b"
        .formatted(width, elementItems, lanes, productLanes, productRows, usesDotProducts);
  }

  static Tuning parse(String text) {
    String[] words = text.split(" ");
    int[] values = Arrays.stream(words).limit(5).mapToInt(Integer::parseInt).toArray();
    return new Tuning(
        values[0], values[1], values[2], values[3], values[4], Boolean.parseBoolean(words[5]));
  }
}
