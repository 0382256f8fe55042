package org.jgml.models.chat.jinja;

/// Python's `None`, which JSON writes `null`.
enum NoneValue implements Value {
  NONE;

  @Override
  public String typeName() {
    return "NoneType";
  }

  @Override
  public boolean isTrue() {
    return false;
  }
}
