package org.jgml.models.grammar;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// All the ways in which a text may go on.
///
/// @param tops stacks of frames, each with characters on top
/// @param canEnd whether the text may also end
/// @param successors what follows each character, as far as known
record State(Set<Frame> tops, boolean canEnd, Map<Integer, State> successors) {
  State(Set<Frame> tops, boolean canEnd) {
    this(tops, canEnd, new HashMap<>());
  }

  /// Whether some character from `first` to `last` may come next.
  boolean allowsAny(int first, int last) {
    for (Frame top : tops) {
      if (((Expression.Characters) top.expression).allowed().intersects(first, last)) {
        return true;
      }
    }
    return false;
  }
}
