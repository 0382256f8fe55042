package org.jgml.models.check;

import java.util.Locale;

/// How far a result is from the expected one, and how far it may be.
record Difference(double error, double allowed, String unit) {
  boolean isAllowed() {
    return error <= allowed;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "error %.3g %s, allowed %.3g", error, unit, allowed);
  }
}
