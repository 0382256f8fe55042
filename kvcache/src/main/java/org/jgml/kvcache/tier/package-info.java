/// Where the blocks of a block-wise cache live: a bounded pool on the device over host memory or a
/// file, and saved sessions.
///
/// A store keeps every block of a session, a pool keeps the few on the device that were asked for
/// last, a loader brings them there. None of them knows what a block means.
package org.jgml.kvcache.tier;
