package org.jgml.models.chat.jinja;

/// A floating-point number.
record FloatValue(double number) implements Value {
  @Override
  public String typeName() {
    return "float";
  }

  @Override
  public boolean isTrue() {
    return number != 0;
  }
}
