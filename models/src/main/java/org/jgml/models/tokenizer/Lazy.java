package org.jgml.models.tokenizer;

import java.util.function.Supplier;

/// A value made when first asked for, once, whatever the number of threads.
final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> source;
  private volatile T value;

  Lazy(Supplier<T> source) {
    this.source = source;
  }

  @Override
  public T get() {
    T made = value;
    return made != null ? made : make();
  }

  private synchronized T make() {
    if (value == null) {
      value = source.get();
    }
    return value;
  }
}
