package org.jgml.kvcache;

/// Which tokens near its own a query sees in a [NearStore].
///
/// @param length how many at most, its own included
/// @param chunk if positive, it sees none before the multiple of this that comes before it
record NearWindow(int length, int chunk) {
  /// All tokens that are near.
  static NearWindow of(NearStore store) {
    return new NearWindow(store.window(), 0);
  }

  /// The window of a layer: the cache's, or the model's own if that is smaller.
  static NearWindow of(NearStore store, LayerShape layer) {
    int window = layer.window();
    int length = window == 0 ? store.window() : Math.min(window, store.window());
    return new NearWindow(length, layer.scores().chunked() ? window : 0);
  }

  /// The first token that one at `token` sees.
  int first(int token) {
    int nearest = Math.max(0, token - length + 1);
    return chunk == 0 ? nearest : Math.max(nearest, token / chunk * chunk);
  }

  /// The input that holds the first row of each query's window.
  String input() {
    String name = "cache.near.first." + length;
    return chunk == 0 ? name : name + ".chunk." + chunk;
  }
}
