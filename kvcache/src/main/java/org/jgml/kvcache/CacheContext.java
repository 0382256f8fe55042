package org.jgml.kvcache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.CacheShape;

/// What a cache gets from the model session that it works for.
public interface CacheContext {
  /// Where states live.
  Session session();

  /// The layers of the model that attend, in order.
  List<LayerShape> layers();

  /// The states that caches have made; others are no cache's.
  default List<String> stateNames() {
    return session().stateNames().stream().filter(StoredRows::isOne).toList();
  }

  /// The plan of a side graph, made when first asked for.
  ExecutionPlan plan(SideGraph side);

  /// Where blocks go that leave the device: a new store, or that of the session to go on from. The
  /// cache closes it.
  BlockStore openStore(CacheShape shape);

  /// Whether blocks are loaded on a thread of their own.
  boolean loadsAsynchronously();

  /// A number by which the model is known again.
  String fingerprint();

  /// What another session must have in common with one of this cache to go on from it.
  default CacheShape shape(KvCache cache, long blockBytes) {
    Map<String, String> facts = new HashMap<>(cache.facts());
    facts.put("model", fingerprint());
    return new CacheShape(layers().size(), blockBytes, facts);
  }
}
