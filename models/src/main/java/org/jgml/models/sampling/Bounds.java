package org.jgml.models.sampling;

/// Refuses numbers that make no sense for an option.
final class Bounds {
  private Bounds() {}

  static void require(boolean claim, String name, float value, String expected) {
    if (!claim) {
      throw new IllegalArgumentException("%s must be %s, is %s".formatted(name, expected, value));
    }
  }

  static void finite(String name, float value) {
    require(Float.isFinite(value), name, value, "a finite number");
  }

  static void positive(String name, float value) {
    require(value > 0 && Float.isFinite(value), name, value, "positive");
  }

  static void notNegative(String name, float value) {
    require(value >= 0 && Float.isFinite(value), name, value, "at least 0");
  }

  static void share(String name, float value) {
    require(value >= 0 && value <= 1, name, value, "from 0 to 1");
  }
}
