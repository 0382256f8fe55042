package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Fill;
import org.jgml.core.op.Sample;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The fills of a sample for operands of other extents: indices stay inside what they index.
final class ResizedFills {
  private final Sample sample;
  private final List<TensorType> types;

  private ResizedFills(Sample sample, List<TensorType> types) {
    this.sample = sample;
    this.types = types;
  }

  /// Fills for operands of these types; empty if the sample's indices cannot fit them.
  static Optional<List<Fill>> of(Sample sample, List<TensorType> types) {
    ResizedFills resized = new ResizedFills(sample, types);
    if (readsTable(sample) && !types.equals(resized.sampleTypes())) {
      return Optional.empty();
    }
    List<Fill> fills = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      Optional<Fill> fill = resized.fill(i);
      if (fill.isEmpty()) {
        return Optional.empty();
      }
      fills.add(fill.orElseThrow());
    }
    return Optional.of(fills);
  }

  /// Whether an operand names runs of rows, of which a smaller pool has fewer.
  private static boolean readsTable(Sample sample) {
    return sample.op() instanceof AttentionPartial partial && partial.blockRows() > 0;
  }

  private Optional<Fill> fill(int operand) {
    Sample.Operand original = sample.operands().get(operand);
    if (original.type().equals(types.get(operand)) && types.equals(sampleTypes())) {
      return Optional.of(original.fill());
    }
    long length = types.get(operand).shape().rowLength();
    return switch (original.fill()) {
      case Fill.Indices(long limit) ->
          limit(operand, limit).stream()
              .mapToObj(Fill.Indices::new)
              .map(Fill.class::cast)
              .findFirst();
      case Fill.DistinctIndices(long limit) ->
          limit(operand, limit).stream()
              .filter(resized -> resized >= length)
              .mapToObj(Fill.DistinctIndices::new)
              .map(Fill.class::cast)
              .findFirst();
      case Fill fill -> Optional.of(fill);
    };
  }

  private List<TensorType> sampleTypes() {
    return sample.operands().stream().map(Sample.Operand::type).toList();
  }

  /// A limit that is an extent of another operand follows it; any other stays, and so must every
  /// extent that is not below it.
  private OptionalLong limit(int operand, long limit) {
    boolean fits = true;
    for (int other = 0; other < types.size(); other++) {
      Shape before = sample.operands().get(other).type().shape();
      Shape after = types.get(other).shape();
      for (int axis = 0; other != operand && axis < before.rank(); axis++) {
        if (before.dim(axis) == limit && after.dim(axis) > 0) {
          return OptionalLong.of(after.dim(axis));
        }
        fits &= before.dim(axis) < limit || after.dim(axis) >= limit;
      }
    }
    return fits ? OptionalLong.of(limit) : OptionalLong.empty();
  }
}
