package org.jgml.kvcache.tier;

/// What a block pool did so far.
///
/// @param hits blocks asked for that were on the device, or on their way
/// @param misses blocks asked for that had to be loaded
/// @param evictions blocks that made room
/// @param uploadedBytes bytes brought to the device
/// @param waits lookups that had to wait for a load
/// @param waitNanos time they waited
public record PoolCounters(
    long hits, long misses, long evictions, long uploadedBytes, long waits, long waitNanos) {
  /// The counters of a pool that has done nothing.
  public static final PoolCounters ZERO = new PoolCounters(0, 0, 0, 0, 0, 0);

  /// Both together.
  public PoolCounters plus(PoolCounters other) {
    return new PoolCounters(
        hits + other.hits,
        misses + other.misses,
        evictions + other.evictions,
        uploadedBytes + other.uploadedBytes,
        waits + other.waits,
        waitNanos + other.waitNanos);
  }

  /// What was done since another count.
  public PoolCounters minus(PoolCounters earlier) {
    return new PoolCounters(
        hits - earlier.hits,
        misses - earlier.misses,
        evictions - earlier.evictions,
        uploadedBytes - earlier.uploadedBytes,
        waits - earlier.waits,
        waitNanos - earlier.waitNanos);
  }

  /// The share of blocks asked for that were there, from 0 to 1; 1 if none was asked for.
  public double hitRate() {
    return hits + misses == 0 ? 1 : (double) hits / (hits + misses);
  }
}
