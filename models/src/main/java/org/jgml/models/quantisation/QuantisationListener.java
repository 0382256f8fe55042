package org.jgml.models.quantisation;

/// Is told how far a quantisation is; by one thread.
public interface QuantisationListener {
  /// A tensor is about to be written.
  void begins(Conversion conversion);

  /// So many more elements of it were converted.
  void converted(long elements);
}
