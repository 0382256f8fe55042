package org.jgml.cuda;

import java.util.Comparator;

/// What PTX is made for: a compute capability, and whether only that one can run it.
///
/// @param capability such as 75, for 7.5
/// @param isSpecific whether it uses what only this capability has, such as `90a`; other PTX runs
///   on every later capability
record Architecture(int capability, boolean isSpecific) implements Comparable<Architecture> {
  private static final Comparator<Architecture> ORDER =
      Comparator.comparingInt(Architecture::capability).thenComparing(Architecture::isSpecific);

  /// PTX for a capability and all later ones.
  static Architecture from(int capability) {
    return new Architecture(capability, false);
  }

  /// PTX for one capability.
  static Architecture only(int capability) {
    return new Architecture(capability, true);
  }

  /// Whether a device of a capability runs it.
  boolean fits(int other) {
    return isSpecific ? other == capability : other >= capability;
  }

  @Override
  public int compareTo(Architecture other) {
    return ORDER.compare(this, other);
  }

  /// As in `sm_90a`.
  @Override
  public String toString() {
    return isSpecific ? capability + "a" : Integer.toString(capability);
  }
}
