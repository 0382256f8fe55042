package org.jgml.kvcache.tier;

/// What a block store holds and did so far. Bytes of blocks, without what a file adds to them.
///
/// @param blocks blocks of all layers
/// @param hostBytes memory that the store takes
/// @param fileBytes size of its file, 0 if it has none
/// @param readFromHost bytes copied out of memory
/// @param readFromFile bytes read from the file
/// @param writtenToFile bytes written to the file
/// @param waits appends that had to wait for the file
public record StoreCounters(
    long blocks,
    long hostBytes,
    long fileBytes,
    long readFromHost,
    long readFromFile,
    long writtenToFile,
    long waits) {}
