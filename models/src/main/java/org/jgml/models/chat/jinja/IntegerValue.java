package org.jgml.models.chat.jinja;

import java.math.BigInteger;

/// An integer of any size up to a limit.
record IntegerValue(BigInteger integer) implements Value {
  /// As many as Python prints at most, 4300 decimal digits.
  static final int MAX_BITS = 14_284;

  IntegerValue {
    if (integer.bitLength() > MAX_BITS) {
      throw new EvaluationException("the integer is too large");
    }
  }

  static IntegerValue of(long integer) {
    return new IntegerValue(BigInteger.valueOf(integer));
  }

  @Override
  public String typeName() {
    return "int";
  }

  @Override
  public boolean isTrue() {
    return integer.signum() != 0;
  }
}
