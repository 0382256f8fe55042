package org.jgml.core.format;

/// What the integer codes of group scales stand for: `first + step · code`, for `count` codes.
record Multipliers(float first, float step, int count) {
  float value(int code) {
    return first + step * code;
  }

  float last() {
    return value(count - 1);
  }

  /// Whether groups can have a negative scale.
  boolean areSigned() {
    return first < 0;
  }

  int nearest(float value) {
    return Math.clamp(Math.round((value - first) / step), 0, count - 1);
  }
}
