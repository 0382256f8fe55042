package org.jgml.models;

import java.util.List;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.kvcache.BlockStorage;
import org.jgml.kvcache.CacheContext;
import org.jgml.kvcache.LayerShape;
import org.jgml.kvcache.SideGraph;
import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.SavedSession;

/// What the cache of a model session gets from it.
///
/// @param saved the session that it goes on from, or null
record SessionContext(Model model, Session session, BlockStorage storage, SavedSession saved)
    implements CacheContext {
  @Override
  public List<LayerShape> layers() {
    return model.layers();
  }

  @Override
  public ExecutionPlan plan(SideGraph side) {
    return model.plan(side);
  }

  @Override
  public BlockStore openStore(CacheShape shape) {
    if (saved == null) {
      return storage.open(shape);
    }
    saved.require(shape);
    return saved.openBlocks();
  }

  @Override
  public boolean loadsAsynchronously() {
    return storage.asynchronous();
  }

  @Override
  public String fingerprint() {
    return model.fingerprint();
  }
}
