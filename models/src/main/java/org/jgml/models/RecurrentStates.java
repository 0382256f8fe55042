package org.jgml.models;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.runtime.Session;
import org.jgml.core.tensor.TensorType;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// What the recurrent layers of a session remember. Their states are of all tokens read so far and
/// cannot forget one, so they return only to where they were copied, the last time and the time
/// before, or to the beginning.
final class RecurrentStates implements AutoCloseable {
  private final Session session;
  private final Map<String, TensorType> types;
  private final Arena arena = Arena.ofShared();
  private final List<Copy> copies = List.of(new Copy(0), new Copy(1));
  private boolean isTorn;

  /// The states as they were after the first tokens, or before any.
  private final class Copy {
    private final String name;
    private final Map<String, Tensor> states = new HashMap<>();
    private int length;

    Copy(int number) {
      name = "copy." + number;
    }

    int length() {
      return length;
    }

    /// The copy of a state; zeros at first.
    Tensor of(String state) {
      TensorType type = types.get(state);
      return states.computeIfAbsent(
          state, _ -> Tensor.dense(type, HostBuffer.over(arena.allocate(type.bytes(), 64)), 0));
    }

    void returnTo(String name, Tensor state) {
      state.buffer().upload(state.start(), of(name).segment());
    }

    void save(SessionWriter writer) {
      writer.ints(name, length);
      types.forEach((state, type) -> writer.tensor(name + "." + state, of(state), type.bytes()));
    }

    void restore(SavedSession saved) {
      if (saved.names().contains(name)) {
        length = saved.ints(name)[0];
        types.keySet().forEach(state -> saved.read(name + "." + state, of(state)));
      }
    }
  }

  /// @param session holds the states
  /// @param types of the states by name; none if the model has no recurrent layers
  RecurrentStates(Session session, Map<String, TensorType> types) {
    this.session = session;
    this.types = types;
  }

  boolean arePresent() {
    return !types.isEmpty();
  }

  /// Whether a state of the session is one of these.
  boolean have(String state) {
    return types.containsKey(state);
  }

  /// What they take on devices.
  long bytes() {
    return types.values().stream().mapToLong(TensorType::bytes).sum();
  }

  /// Takes note that a batch begins: until it has ended, some states remember it and others do not.
  void begin() {
    isTorn = arePresent();
  }

  void end() {
    isTorn = false;
  }

  /// Whether a batch failed half-way.
  boolean areTorn() {
    return isTorn;
  }

  /// Copies the states in place of the older copy.
  ///
  /// @param length tokens that they remember
  void keep(int length) {
    if (!arePresent()) {
      return;
    }
    Copy copy = copies.stream().min(Comparator.comparingInt(Copy::length)).orElseThrow();
    for (String name : types.keySet()) {
      Tensor state = session.state(name);
      state.buffer().download(state.start(), copy.of(name).segment());
    }
    copy.length = length;
  }

  /// The greatest length up to this one to which they can return.
  ///
  /// @param length tokens that they remember
  int rewindPoint(int wanted, int length) {
    return isThere(wanted, length)
        ? wanted
        : copies.stream().mapToInt(Copy::length).filter(at -> at <= wanted).max().orElse(0);
  }

  private boolean isThere(int wanted, int length) {
    return !arePresent() || wanted == length && !isTorn;
  }

  /// Returns to where they were after the first tokens.
  ///
  /// @param to a [#rewindPoint]
  /// @param length tokens that they remember
  void rewind(int to, int length) {
    if (isThere(to, length)) {
      return;
    }
    copies.stream().filter(copy -> copy.length > to).forEach(copy -> copy.length = 0);
    Stream<String> used = types.keySet().stream().filter(session.stateNames()::contains);
    if (to == 0) {
      used.map(session::state).forEach(RecurrentStates::clear);
    } else {
      Copy copy = copies.stream().filter(each -> each.length == to).findFirst().orElseThrow();
      used.forEach(name -> copy.returnTo(name, session.state(name)));
    }
    isTorn = false;
  }

  private static void clear(Tensor state) {
    byte[] zeros = new byte[Math.toIntExact(state.type().bytes())];
    state.buffer().upload(state.start(), MemorySegment.ofArray(zeros));
  }

  /// Saves the copies; the states themselves are saved as those of caches are.
  void save(SessionWriter writer) {
    copies.stream().filter(copy -> copy.length > 0).forEach(copy -> copy.save(writer));
  }

  void restore(SavedSession saved) {
    copies.forEach(copy -> copy.restore(saved));
  }

  @Override
  public void close() {
    arena.close();
  }
}
