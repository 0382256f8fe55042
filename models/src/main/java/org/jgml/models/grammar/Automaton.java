package org.jgml.models.grammar;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// A pushdown automaton that follows all readings of a text at once. States and stacks are made
/// when first needed and kept once. For one thread.
final class Automaton {
  /// What is kept is forgotten beyond this, which costs time only.
  private static final int MOST_KEPT = 200_000;

  private record Key(Set<Frame> tops, boolean canEnd) {}

  private final State start;
  private final Map<Frame, Frame> frames = new HashMap<>();
  private final Map<Key, State> states = new HashMap<>();

  Automaton(Rule root) {
    Closure closure = new Closure();
    closure.open(frame(root.body(), 0, null));
    start = closure.state();
  }

  State start() {
    return start;
  }

  /// The state after a character, or null if it may not come.
  State after(State state, int character) {
    if (state.successors().containsKey(character)) {
      return state.successors().get(character);
    }
    Closure closure = new Closure();
    for (Frame top : state.tops()) {
      if (((Expression.Characters) top.expression).allowed().contains(character)) {
        closure.open(top.below);
      }
    }
    State successor = closure.state();
    state.successors().put(character, successor);
    return successor;
  }

  private Frame frame(Expression expression, int at, Frame below) {
    if (frames.size() > MOST_KEPT) {
      frames.clear();
      states.clear();
    }
    return frames.computeIfAbsent(new Frame(expression, at, below), made -> made);
  }

  /// What stacks lead to before the next character.
  private final class Closure {
    private final Set<Frame> seen = new HashSet<>();
    private final Deque<Frame> open = new ArrayDeque<>();
    private final Set<Frame> tops = new HashSet<>();
    private boolean canEnd;

    /// Adds a stack; null is the end of the text.
    void open(Frame frame) {
      if (frame == null) {
        canEnd = true;
      } else if (seen.add(frame)) {
        open.addLast(frame);
      }
    }

    State state() {
      while (!open.isEmpty()) {
        expand(open.removeLast());
      }
      return tops.isEmpty() && !canEnd
          ? null
          : states.computeIfAbsent(new Key(tops, canEnd), key -> new State(key.tops, key.canEnd));
    }

    private void expand(Frame frame) {
      switch (frame.expression) {
        case Expression.Characters _ -> tops.add(frame);
        case Expression.Sequence sequence -> expand(sequence, frame);
        case Expression.Choice choice ->
            choice.alternatives().forEach(each -> open(frame(each, 0, frame.below)));
        case Expression.Repetition repetition -> expand(repetition, frame);
        case Expression.Reference reference -> open(frame(reference.rule().body(), 0, frame.below));
      }
    }

    private void expand(Expression.Sequence sequence, Frame frame) {
      int size = sequence.parts().size();
      if (frame.at == size) {
        open(frame.below);
      } else {
        // Nothing is left below a last part: recursion at the end of a rule costs no depth.
        Frame rest =
            frame.at + 1 == size ? frame.below : frame(sequence, frame.at + 1, frame.below);
        open(frame(sequence.parts().get(frame.at), 0, rest));
      }
    }

    private void expand(Expression.Repetition repetition, Frame frame) {
      if (frame.at >= repetition.least()) {
        open(frame.below);
      }
      if (frame.at < repetition.most()) {
        boolean isUnlimited = repetition.most() == Expression.Repetition.UNLIMITED;
        int count = isUnlimited ? Math.min(frame.at + 1, repetition.least()) : frame.at + 1;
        Frame rest =
            count == repetition.most() ? frame.below : frame(repetition, count, frame.below);
        open(frame(repetition.body(), 0, rest));
      }
    }
  }
}
