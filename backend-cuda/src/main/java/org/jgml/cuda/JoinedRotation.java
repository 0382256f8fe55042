package org.jgml.cuda;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jgml.core.backend.Fusion;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Rope;
import org.jgml.core.op.SetRows;
import org.jgml.core.tensor.DataType;

/// What comes between products and attention as one launch: a rotation, of queries, a rotation on
/// its way to a cache, of keys, and rows on their way to one, of values. Both caches hold plain
/// types.
record JoinedRotation(Step query, Fusion.StoredRotation key, Step value) {
  /// Fusions that it stands for.
  static final int COUNT = 3;

  /// What the next ones are; empty if that is something else, or one needs what another makes.
  static Optional<JoinedRotation> of(List<Fusion> next) {
    if (next.size() >= COUNT
        && next.get(0) instanceof Fusion.Single(Step query)
        && next.get(1) instanceof Fusion.StoredRotation key
        && next.get(2) instanceof Fusion.Single(Step value)) {
      return Optional.of(new JoinedRotation(query, key, value)).filter(JoinedRotation::fits);
    }
    return Optional.empty();
  }

  private boolean fits() {
    return query.op() instanceof Rope
        && query.output().type().dataType() == DataType.F32
        && value.op() instanceof SetRows
        && value.input(1).type().shape().elements() > 0
        && isPlain(key.store().output())
        && isPlain(value.output())
        && areApart();
  }

  private static boolean isPlain(Tensor cache) {
    return !cache.type().dataType().isQuantised();
  }

  /// Whether none writes what another reads or writes.
  private boolean areApart() {
    Tensor turned = query.output();
    Tensor keys = key.store().output();
    Tensor values = value.output();
    List<Tensor> ofQuery = query.inputs();
    List<Tensor> ofKey =
        Stream.concat(key.rotation().inputs().stream(), Stream.of(key.store().input(2))).toList();
    List<Tensor> ofValue = List.of(value.input(1), value.input(2));
    return isApart(turned, Stream.of(ofKey, ofValue, List.of(keys, values)))
        && isApart(keys, Stream.of(ofQuery, ofValue, List.of(values)))
        && isApart(values, Stream.of(ofQuery, ofKey));
  }

  private static boolean isApart(Tensor written, Stream<List<Tensor>> others) {
    return others.flatMap(List::stream).noneMatch(written::overlaps);
  }

  /// A `rope_joined_t`.
  void launch(SegmentCompiler compiler) {
    KernelArguments arguments = new KernelArguments();
    long keyBlock = RopeKernels.putRotation(query, arguments).x();
    long valueBlock = keyBlock + RopeKernels.putStoredRotation(key, arguments, compiler).x();
    long blocks = valueBlock + IndexedRowKernels.putSetRows(value, arguments, compiler).x();
    arguments.number(keyBlock).number(valueBlock);
    compiler.launch(
        Program.of("rope_joined"),
        "rope_joined",
        arguments,
        Geometry.of(Geometry.ELEMENT_THREADS, 0, blocks, 1, 1));
  }
}
