package org.jgml.models.grammar;

/// A place between two bytes of a text in UTF-8, perhaps inside of a character.
///
/// @param state at the last whole character
/// @param bits of the character that has begun
/// @param missing bytes of that character
/// @param least the smallest character of that many bytes: shorter ones must not be written longer
record Place(State state, int bits, int missing, int least) {
  private static final int BITS_A_BYTE = 6;
  private static final int BYTE_MASK = (1 << BITS_A_BYTE) - 1;

  static Place at(State state) {
    return new Place(state, 0, 0, 0);
  }

  boolean canEnd() {
    return missing == 0 && state.canEnd();
  }

  /// The place after a byte, or null if it may not come.
  Place after(byte next, Automaton automaton) {
    int value = Byte.toUnsignedInt(next);
    if (missing > 0) {
      boolean continues = value >> BITS_A_BYTE == 0b10;
      return continues ? more(bits << BITS_A_BYTE | value & BYTE_MASK, automaton) : null;
    }
    return switch (Integer.numberOfLeadingZeros(~(value << Integer.SIZE - Byte.SIZE))) {
      case 0 -> whole(value, automaton);
      case 2 -> possible(new Place(state, value & 0x1F, 1, 0x80));
      case 3 -> possible(new Place(state, value & 0x0F, 2, 0x800));
      case 4 -> possible(new Place(state, value & 0x07, 3, 0x10000));
      default -> null;
    };
  }

  private Place more(int newBits, Automaton automaton) {
    if (missing > 1) {
      return possible(new Place(state, newBits, missing - 1, least));
    }
    return newBits >= least ? whole(newBits, automaton) : null;
  }

  private Place whole(int character, Automaton automaton) {
    State after = automaton.after(state, character);
    return after == null ? null : at(after);
  }

  /// The place itself if some character that begins so may come.
  private static Place possible(Place place) {
    int shift = BITS_A_BYTE * place.missing;
    int first = Math.max(place.bits << shift, place.least);
    int last = (place.bits + 1 << shift) - 1;
    return first <= last && place.state.allowsAny(first, last) ? place : null;
  }
}
