package org.jgml.kvcache;

import java.util.List;
import java.util.Map;
import org.jgml.core.runtime.Session;
import org.jgml.core.tensor.DataType;

/// Where a cache of bounded memory keeps the first tokens of a text and the last ones.
///
/// Rows `0` to `initial - 1` hold the first tokens for ever. Behind them the others follow each
/// other; when the rows are used up, those that are still needed are moved to the front. A token's
/// row is the position that its key is rotated by: differences of rows are distances, and numbers
/// stay small however long the text.
///
/// @param initial tokens at the beginning of the text that stay
/// @param window tokens up to and with a query's own that it sees in their true places
/// @param kept tokens before the window that are still needed when rows are moved
/// @param batch the most tokens of a run
/// @param keyType element type of keys, with and without rotation
/// @param valueType element type of values
public record NearStore(
    int initial, int window, int kept, int batch, DataType keyType, DataType valueType) {
  /// Rows to spare, as a share of those that are moved: so seldom is a token moved.
  private static final int SPARE_SHARE = 4;

  /// Tokens that are moved to the front together.
  int moved() {
    return window + kept;
  }

  /// All rows.
  int rows() {
    return initial + moved() + batch + Math.max(batch, moved() / SPARE_SHARE);
  }

  /// Keys rotated by their rows.
  StoredRows keys(int layer) {
    return new StoredRows("key." + layer, rows(), keyType);
  }

  /// Keys as the model made them.
  StoredRows rawKeys(int layer) {
    return new StoredRows("key.raw." + layer, rows(), keyType);
  }

  /// Keys rotated by position 0, where that changes them.
  StoredRows farKeys(int layer) {
    return new StoredRows("key.far." + layer, rows(), keyType);
  }

  /// Keys at position 0, in a session whose states are made: those rotated, or as the model made
  /// them.
  StoredRows farKeys(Session session, int layer) {
    StoredRows rotated = farKeys(layer);
    return session.stateNames().contains(rotated.fullName()) ? rotated : rawKeys(layer);
  }

  StoredRows values(int layer) {
    return new StoredRows("value." + layer, rows(), valueType);
  }

  /// Keys twice, and values.
  long layerBytes(LayerShape layer) {
    return 2 * keyType.bytes((long) rows() * layer.keyLength())
        + valueType.bytes((long) rows() * layer.valueLength());
  }

  /// What decides over its bytes, by the names of the command line.
  Map<String, String> facts() {
    return Map.of(
        "--n-init",
        Integer.toString(initial),
        "--n-local",
        Integer.toString(window),
        "rows",
        Integer.toString(rows()),
        "cache types",
        keyType + " and " + valueType);
  }

  long bytes(List<LayerShape> layers) {
    return layers.stream().mapToLong(this::layerBytes).sum();
  }
}
