package org.jgml.models.chat.jinja;

/// `True` or `False`; in arithmetic they are 1 and 0.
enum BooleanValue implements Value {
  FALSE,
  TRUE;

  static BooleanValue of(boolean truth) {
    return truth ? TRUE : FALSE;
  }

  @Override
  public String typeName() {
    return "bool";
  }

  @Override
  public boolean isTrue() {
    return this == TRUE;
  }
}
