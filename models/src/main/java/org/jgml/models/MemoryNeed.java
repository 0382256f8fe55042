package org.jgml.models;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.jgml.kvcache.KvCache;
import org.jgml.kvcache.LayerShape;
import org.jgml.models.architecture.Hyperparameters;
import org.jgml.models.architecture.Result;
import org.jgml.models.gguf.GgufTensor;

/// Bytes that a model and one session of it take.
///
/// @param layers the attention of each layer that attends
/// @param recurrentBytes states of recurrent layers
/// @param session with the lengths that the session has
/// @param weightBytes the mapped tensors of the file
/// @param weightElements their elements
/// @param scratchBytes values between the ops of a batch
public record MemoryNeed(
    Hyperparameters model,
    List<LayerShape> layers,
    long recurrentBytes,
    SessionOptions session,
    long weightBytes,
    long weightElements,
    long scratchBytes) {

  static MemoryNeed of(
      Model model, List<GgufTensor> tensors, SessionOptions options, int outputRows) {
    SessionOptions session = options.forModel(model);
    int batch = session.cache().batchLength();
    int rows = Math.min(outputRows, batch);
    ExecutionPlan plan = model.plan(session.cache(), batch, rows, Result.LOGITS);
    return of(model, model.layers(), tensors, session, plan);
  }

  private static MemoryNeed of(
      Model model,
      List<LayerShape> layers,
      List<GgufTensor> tensors,
      SessionOptions session,
      ExecutionPlan plan) {
    long scratchBytes = 0;
    for (Device device : plan.devices()) {
      scratchBytes += plan.memory(device).arenaBytes();
    }
    return new MemoryNeed(
        model.hyperparameters(),
        layers,
        model.recurrentStates().values().stream().mapToLong(TensorType::bytes).sum(),
        session,
        tensors.stream().mapToLong(tensor -> tensor.bytes().byteSize()).sum(),
        tensors.stream().mapToLong(tensor -> tensor.shape().elements()).sum(),
        scratchBytes);
  }

  /// What a model that reads whole texts takes for one.
  static MemoryNeed ofText(Model model, List<GgufTensor> tensors, int tokens) {
    ExecutionPlan plan = model.encodingPlan(tokens, tokens);
    SessionOptions session = SessionOptions.defaults().withContextLength(tokens);
    return of(model, List.of(), tensors, session, plan);
  }

  /// What the cache takes on the device, for all layers.
  public long cacheBytes() {
    KvCache cache = session.cache();
    return layers.stream().mapToLong(cache::layerBytes).sum();
  }

  public long totalBytes() {
    return weightBytes + cacheBytes() + recurrentBytes + scratchBytes;
  }

  /// The same with another context length; a shorter one would need less scratch, too.
  MemoryNeed withContextLength(int tokens) {
    return withSession(session.withContextLength(tokens));
  }

  /// The same with another element type of cached keys and values.
  MemoryNeed withCacheType(DataType type) {
    return withSession(session.withCacheType(type));
  }

  /// About the same if all weights were of another type.
  MemoryNeed withWeightType(DataType type) {
    long bytes = weightElements / type.blockElements() * type.blockBytes();
    return new MemoryNeed(
        model, layers, recurrentBytes, session, bytes, weightElements, scratchBytes);
  }

  private MemoryNeed withSession(SessionOptions other) {
    return new MemoryNeed(
        model, layers, recurrentBytes, other, weightBytes, weightElements, scratchBytes);
  }
}
