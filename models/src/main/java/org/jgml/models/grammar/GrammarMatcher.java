package org.jgml.models.grammar;

import java.util.Arrays;

/// How far a text has followed a grammar. The text comes as bytes of UTF-8 in pieces of any length,
/// which may cut characters. For one thread.
public final class GrammarMatcher {
  private final Automaton automaton;
  private Place place;

  GrammarMatcher(Automaton automaton) {
    this.automaton = automaton;
    this.place = Place.at(automaton.start());
  }

  /// Whether the text may continue so. A character that is cut must have a possible end.
  public boolean allows(byte... piece) {
    return after(piece) != null;
  }

  /// Continues the text.
  ///
  /// @throws IllegalArgumentException if it may not continue so
  public void accept(byte... piece) {
    Place after = after(piece);
    if (after == null) {
      throw new IllegalArgumentException("the grammar does not allow this text");
    }
    place = after;
  }

  /// Whether the text may end here.
  public boolean canEnd() {
    return place.canEnd();
  }

  /// Whether the text must end here.
  public boolean mustEnd() {
    return place.missing() == 0 && place.state().tops().isEmpty();
  }

  private Place after(byte... piece) {
    Place after = place;
    for (int i = 0; i < piece.length && after != null; i++) {
      after = after.after(piece[i], automaton);
    }
    return after;
  }

  /// Whether each of several pieces is allowed.
  ///
  /// @param pieces ordered, so that what they begin with in common is followed once
  boolean[] allowed(byte[]... pieces) {
    boolean[] allowed = new boolean[pieces.length];
    Place[] path = new Place[1];
    path[0] = place;
    byte[] previous = {};
    // How many bytes of the previous piece were allowed: their places are in the path.
    int valid = 0;
    for (int i = 0; i < pieces.length; i++) {
      byte[] piece = pieces[i];
      int shared = shared(previous, piece);
      path = roomFor(piece.length, path);
      boolean isRefused = valid < shared;
      if (!isRefused) {
        valid = follow(piece, shared, path);
      }
      allowed[i] = valid == piece.length && !isRefused;
      previous = piece;
    }
    return allowed;
  }

  private static int shared(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private static Place[] roomFor(int length, Place... path) {
    return length < path.length ? path : Arrays.copyOf(path, 2 * length + 1);
  }

  /// Fills the path from `from` on, and returns how far it leads.
  private int follow(byte[] piece, int from, Place... path) {
    int at = from;
    while (at < piece.length) {
      Place after = path[at].after(piece[at], automaton);
      if (after == null) {
        return at;
      }
      path[++at] = after;
    }
    return at;
  }
}
