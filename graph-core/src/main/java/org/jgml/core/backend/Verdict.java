package org.jgml.core.backend;

/// Whether a device can run a node.
///
/// @param supported yes or no
/// @param reason why not; empty if it can
public record Verdict(boolean supported, String reason) {
  /// It can.
  public static final Verdict YES = new Verdict(true, "");

  /// It cannot, because of `reason`.
  public static Verdict no(String reason) {
    return new Verdict(false, reason);
  }
}
