package org.jgml.bench;

import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q4_0;
import static org.jgml.core.tensor.DataType.Q4_K;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Cast;
import org.jgml.core.op.Conv;
import org.jgml.core.op.Fill;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.op.GetRows;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.MatMulId;
import org.jgml.core.op.Op;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.op.Rope;
import org.jgml.core.op.Sample;
import org.jgml.core.op.SetRows;
import org.jgml.core.op.TopK;
import org.jgml.core.op.Window;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;

/// What is timed for each op: the shapes of language models for those that they are made of; for
/// the others a sample of the op's spec, enlarged where the op allows it.
final class Workloads {
  private static final List<Long> TOKENS = List.of(1L, 2L, 3L, 4L, 5L, 8L, 512L);
  private static final Set<Long> ESSENTIAL_TOKENS = Set.of(1L, 512L);
  private static final Set<DataType> ESSENTIAL_TYPES = Set.of(F16, Q8_0, Q4_0, Q4_K);
  private static final long ROWS = 512;
  private static final long LENGTH = 4096;
  private static final long VOCABULARY = 151_936;

  private Workloads() {}

  /// All workloads, those of one op next to each other.
  static List<Workload> all() {
    return OpTable.compute().stream().flatMap(spec -> of(spec).stream()).toList();
  }

  /// The workload of this name.
  static Workload named(String name) {
    return all().stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no workload '" + name + "'"));
  }

  /// The workloads of an op; at least one.
  static List<Workload> of(OpSpec spec) {
    Map<String, Workload> byName = new LinkedHashMap<>();
    Stream<Workload> chosen =
        switch (spec.name()) {
          case "matmul" -> products();
          case "matmul_id" -> expertProducts();
          case "attention" -> attention();
          case "cast" -> Stream.of(cast(F16), cast(Q4_0));
          case "conv" -> convolutions();
          case "linear_attention" -> Stream.of(linearAttention(1), linearAttention(ROWS));
          case "get_rows" -> Stream.of(getRows(1), getRows(ROWS));
          case "set_rows" -> Stream.of(setRows(1), setRows(ROWS));
          case "rope" -> Stream.of(rope(1), rope(ROWS));
          case "softmax" -> Stream.of(onRows(spec, 32, LENGTH), onRows(spec, LENGTH, LENGTH));
          case "swiglu" -> Stream.of(onRows(spec, 1, 17_408), onRows(spec, ROWS, 17_408));
          case "argmax" ->
              Stream.of(
                  onRows(spec, 1, 32_000), onRows(spec, 1, VOCABULARY), onRows(spec, ROWS, 32_000));
          case "top_k" -> Stream.of(topK(40, 1, VOCABULARY), topK(8, ROWS, 128));
          case "rms_norm", "add", "mul", "silu" ->
              Stream.of(onRows(spec, 1, LENGTH), onRows(spec, ROWS, LENGTH));
          default -> Stream.empty();
        };
    boolean isEssential = !spec.name().equals("matmul") && !spec.name().equals("conv");
    chosen
        .map(workload -> isEssential ? workload.essential() : workload)
        .forEach(workload -> put(byName, workload));
    if (byName.isEmpty()) {
      put(byName, enlarged(spec));
    }
    return List.copyOf(byName.values());
  }

  private static void put(Map<String, Workload> byName, Workload workload) {
    byName.put(workload.name(), workload);
  }

  private static Stream<Workload> products() {
    return Stream.of(DataType.values())
        .filter(type -> !type.isInteger())
        .flatMap(type -> TOKENS.stream().map(m -> product(type, m)));
  }

  private static Workload product(DataType type, long m) {
    long n = LENGTH;
    long k = 14_336;
    Workload workload =
        Workload.of(new MatMul(), x(F32, m, k), x(type, n, k))
            .checkedOn(dims(Math.min(m, 2), k), dims(64, k));
    boolean isEssential = ESSENTIAL_TYPES.contains(type) && ESSENTIAL_TOKENS.contains(m);
    return isEssential ? workload.essential() : workload;
  }

  private static Stream<Workload> expertProducts() {
    return Stream.of(1L, 32L, 512L)
        .flatMap(m ->
            Stream.of(expertProduct(m, 128, 8, 768, 2048), expertProduct(m, 32, 4, 1792, 2048)));
  }

  private static Workload expertProduct(long m, long experts, long used, long n, long k) {
    Sample.Operand ids = x(I32, m, used).with(new Fill.DistinctIndices(experts));
    return Workload.of(new MatMulId(), x(F32, m, 1, k), x(Q4_0, experts, n, k), ids)
        .checkedOn(dims(1, 1, k), dims(experts, 8, k), dims(1, used));
  }

  private static Stream<Workload> attention() {
    return Stream.of(decoding(4096), decoding(20_000), prefill(512, 4096));
  }

  private static Workload decoding(long length) {
    Attention op = Attention.of(0.088f, AttentionMask.none());
    return Workload.of(op, x(F32, 1, 32, 128), x(F16, length, 8, 128), x(F16, length, 8, 128))
        .checkedOn(dims(1, 4, 128), dims(length, 1, 128), dims(length, 1, 128));
  }

  /// The last tokens of a text.
  private static Workload prefill(long tokens, long length) {
    Sample.Operand keys = x(F16, length, 8, 128);
    Sample.Operand positions = x(I32, tokens).with(new Fill.Ascending(length - tokens));
    Attention op = Attention.of(0.088f, AttentionMask.causal());
    long[] block = dims(length, 1, 128);
    return Workload.of(op, x(F32, tokens, 32, 128), keys, keys, positions)
        .checkedOn(dims(4, 4, 128), block, block, dims(4));
  }

  private static Workload cast(DataType type) {
    return Workload.of(new Cast(type), x(F32, ROWS, LENGTH));
  }

  private static Stream<Workload> convolutions() {
    Window window = Window.of(3, 3).withPadding(1, 1);
    return Stream.of(
        Workload.of(new Conv(window, 1), x(F32, 1, 320, 64, 64), x(F32, 320, 320, 3, 3))
            .checkedOn(dims(1, 320, 64, 64), dims(2, 320, 3, 3)),
        Workload.of(new Conv(window, 384), x(F32, 1, 384, 56, 56), x(F32, 384, 1, 3, 3)));
  }

  private static Workload linearAttention(long tokens) {
    Fill factors = new Fill.Uniform(0.3, 0.999);
    return Workload.of(
            new LinearAttention(LinearAttention.Rule.DELTA),
            x(F32, 16, 2, 128, 128),
            x(F32, tokens, 16, 1, 128),
            x(F32, tokens, 16, 1, 128).with(new Fill.Uniform(-0.1, 0.1)),
            x(F32, tokens, 16, 2, 128),
            x(F32, tokens, 16, 2, 1).with(factors),
            x(F32, tokens, 16, 2, 1).with(factors))
        .checkedOn(
            dims(1, 1, 128, 8),
            dims(tokens, 1, 1, 128),
            dims(tokens, 1, 1, 128),
            dims(tokens, 1, 1, 8),
            dims(tokens, 1, 1, 1),
            dims(tokens, 1, 1, 1));
  }

  private static Workload getRows(long count) {
    Sample.Operand indices = x(I32, count).with(new Fill.Indices(ROWS));
    return Workload.of(new GetRows(), x(Q8_0, 8192, LENGTH), indices)
        .checkedOn(dims(ROWS, LENGTH), dims(count));
  }

  private static Workload setRows(long count) {
    Sample.Operand indices = x(I32, count).with(new Fill.DistinctIndices(LENGTH));
    return Workload.of(new SetRows(), x(F16, LENGTH, 1024), x(F32, count, 1024), indices);
  }

  private static Workload rope(long tokens) {
    return Workload.of(new Rope(Rope.Style.NEOX), x(F32, tokens, 32, 128), x(F32, tokens, 64, 2));
  }

  private static Workload topK(int k, long rows, long length) {
    return Workload.of(new TopK(k), x(F32, rows, length));
  }

  /// A sample of this op whose operands are rows of equal length, with other rows.
  private static Workload onRows(OpSpec spec, long rows, long length) {
    return spec.samples().stream()
        .flatMap(sample -> enlarge(sample, rows, length).stream())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(spec.name() + ": no sample takes rows"));
  }

  private static Workload enlarged(OpSpec spec) {
    return spec.samples().stream()
        .flatMap(sample -> enlarge(sample, ROWS, LENGTH).stream())
        .findFirst()
        .orElseGet(() -> largest(spec));
  }

  /// The sample with each F32 operand of one shape made `[rows, length]`, and vectors of its row
  /// length made as long, if the op then takes them.
  private static List<Workload> enlarge(Sample sample, long rows, long length) {
    TensorType first = sample.operands().getFirst().type();
    boolean areRows =
        first.shape().rank() >= 1
            && sample.operands().stream()
                .map(Sample.Operand::type)
                .allMatch(type ->
                    type.dataType() == F32
                        && type.shape().rank() >= 1
                        && (type.equals(first)
                            || type.shape().rank() == 1
                                && type.shape().dim(0) == first.shape().rowLength()));
    if (!areRows) {
      return List.of();
    }
    Sample.Operand[] operands =
        sample.operands().stream()
            .map(operand ->
                operand.type().equals(first)
                    ? x(F32, rows, length).with(operand.fill())
                    : x(F32, length).with(operand.fill()))
            .toArray(Sample.Operand[]::new);
    Workload workload = Workload.of((Op.Compute) sample.op(), operands);
    try {
      workload.cost();
    } catch (GraphException _) {
      return List.of();
    }
    return List.of(rows * length > ROWS * LENGTH ? checkedOnRows(workload) : workload);
  }

  private static Workload checkedOnRows(Workload workload) {
    long[][] blocks =
        workload.operands().stream()
            .map(operand -> operand.type().shape())
            .map(shape -> shape.rank() == 1 ? shape.dims() : shape.with(0, 16).dims())
            .toArray(long[][]::new);
    return workload.checkedOn(blocks);
  }

  private static Workload largest(OpSpec spec) {
    return spec.samples().stream()
        .map(sample ->
            Workload.of((Op.Compute) sample.op(), sample.operands().toArray(Sample.Operand[]::new)))
        .max(Comparator.comparingLong(workload -> workload.cost().bytes()))
        .orElseThrow();
  }

  private static Sample.Operand x(DataType type, long... dims) {
    return Sample.Operand.of(type, dims);
  }

  private static long[] dims(long... dims) {
    return dims;
  }
}
