package org.jgml.kvcache;

import org.jgml.kvcache.tier.PoolCounters;
import org.jgml.kvcache.tier.StoreCounters;

/// What a cache holds and did so far.
///
/// @param deviceBytes states on devices: what does not grow with the text, and the index of blocks
/// @param store blocks in host memory or in a file, of all layers
/// @param pool lookups in the device pools, of all layers
public record CacheReport(long deviceBytes, StoreCounters store, PoolCounters pool) {
  private static final StoreCounters NO_STORE = new StoreCounters(0, 0, 0, 0, 0, 0, 0);

  /// A cache that keeps everything on the device.
  static CacheReport onDevice(long bytes) {
    return new CacheReport(bytes, NO_STORE, PoolCounters.ZERO);
  }

  /// The same with more bytes on devices.
  public CacheReport plusDeviceBytes(long more) {
    return new CacheReport(deviceBytes + more, store, pool);
  }
}
