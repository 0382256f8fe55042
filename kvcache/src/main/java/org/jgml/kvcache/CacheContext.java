package org.jgml.kvcache;

import java.util.List;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;

/// What a cache gets from the model session that it works for.
public interface CacheContext {
  /// Where states live.
  Session session();

  /// The layers of the model, in order.
  List<LayerShape> layers();

  /// The plan of a side graph, made when first asked for.
  ExecutionPlan plan(SideGraph side);

  /// Where blocks go that leave the device.
  BlockStorage storage();
}
