package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.Shape;
import org.jgml.cpu.matmul.MatrixProduct;
import org.jgml.cpu.matmul.MatrixView;

/// Products with experts. Rows that chose the same expert are gathered into tiles, and each tile is
/// multiplied with its expert at once, so that weights are read once a tile.
final class ExpertKernels {
  private ExpertKernels() {}

  static void matmulId(Step step, SegmentCompiler compiler) {
    Shape ids = step.input(2).type().shape();
    int choices = Math.toIntExact(ids.elements());
    int experts = Math.toIntExact(step.input(1).type().shape().dim(0));
    ExpertTiles tiles =
        new ExpertTiles(new Indices(step.input(2)), choices, experts, step.node().toString());
    compiler.add(new GroupKernel(tiles));
    compiler.add(new TileKernel(step, tiles, choices, compiler));
  }

  private record GroupKernel(ExpertTiles tiles) implements Kernel {
    @Override
    public int parts() {
      return 1;
    }

    @Override
    public void run(int part, int worker) {
      tiles.fill();
    }
  }

  /// Multiplies tiles with ranges of rows of their experts. Gathering is repeated for each range:
  /// it costs far less than the product.
  private static final class TileKernel implements Kernel {
    private static final int ROW_GROUP = 16;
    private static final int FEWEST_ROWS = 64;

    private final ExpertTiles tiles;
    private final Rows x;
    private final Rows y;
    private final MatrixView[] experts;
    private final MatrixProduct[] products;
    private final Parts ranges;
    private final int choicesPerRow;
    private final Scratch.Frame frame;
    private final long gathered;
    private final long prepared;
    private final long preparedBytes;
    private final long results;
    private final WorkerViews[] views;

    /// What one worker passes to products; made at its first part, since scratch memory is
    /// allocated after kernels are made.
    private record WorkerViews(MatrixView gathered, MemorySegment prepared, MatrixView[] results) {}

    TileKernel(Step step, ExpertTiles tiles, int choices, SegmentCompiler compiler) {
      Tensor weights = step.input(1);
      this.tiles = tiles;
      this.x = Rows.of(step.input(0));
      this.y = Rows.of(step.output());
      this.choicesPerRow = choices / x.count();
      this.experts =
          IntStream.range(0, Math.toIntExact(weights.type().shape().dim(0)))
              .mapToObj(expert -> MatmulKernels.matrix(weights, expert))
              .toArray(MatrixView[]::new);
      this.products = products(weights, Math.min(choices, ExpertTiles.MOST_CHOICES), compiler);
      int most = 1 << (products.length - 1);
      this.ranges = ranges(weights, choices, compiler.workers());
      this.frame = compiler.frame();
      // Products find their own scratch memory at offset 0.
      frame.reserve(most(MatrixProduct::scratchBytes));
      this.preparedBytes = most(product -> product.activationLayout().bytes());
      this.prepared = frame.reserve(preparedBytes);
      this.gathered = frame.reserve((long) most * x.length() * Float.BYTES);
      this.results = frame.reserve((long) most * ranges.itemsPerPart() * Float.BYTES);
      this.views = new WorkerViews[compiler.workers()];
    }

    /// Products of 1, 2, 4, … tokens, the last of which take all choices of a tile.
    private static MatrixProduct[] products(Tensor weights, int most, SegmentCompiler compiler) {
      int k = Math.toIntExact(weights.type().shape().rowLength());
      int sizes = Integer.SIZE - Integer.numberOfLeadingZeros(most - 1) + 1;
      return IntStream.range(0, sizes)
          .mapToObj(size ->
              compiler.arithmetic().matmul().product(weights.type().dataType(), 1 << size, k))
          .toArray(MatrixProduct[]::new);
    }

    private static Parts ranges(Tensor weights, int choices, int workers) {
      int n = Math.toIntExact(weights.type().shape().dim(1));
      int expected = Math.clamp(choices / weights.type().shape().dim(0), 1, 64);
      Parts parts = Parts.of(n, MatmulKernels.nanos(weights, expected), workers);
      return new Parts(n, Math.max(FEWEST_ROWS, parts.itemsPerPart())).ofWhole(ROW_GROUP);
    }

    /// What the greediest product needs: for few tokens it may be more than for many.
    private long most(ToLongFunction<MatrixProduct> need) {
      return Arrays.stream(products).mapToLong(need).max().orElseThrow();
    }

    @Override
    public int parts() {
      return tiles.count() * ranges.count();
    }

    @Override
    public void run(int part, int worker) {
      if (views[worker] == null) {
        views[worker] = makeViews(frame.ofWorker(worker));
      }
      int tile = part / ranges.count();
      int range = part % ranges.count();
      MemorySegment scratch = frame.ofWorker(worker);
      WorkerViews view = views[worker];
      int count = tiles.choices(tile);
      MatrixProduct product = products[Integer.SIZE - Integer.numberOfLeadingZeros(count - 1)];
      gather(tile, count, scratch);
      product.prepare(view.gathered, view.prepared, 0, product.activationLayout().parts());
      product.multiply(
          experts[tiles.expertOf(tile)],
          view.prepared,
          view.results[range],
          ranges.first(range),
          ranges.end(range),
          scratch);
      scatter(tile, count, range, scratch);
    }

    private WorkerViews makeViews(MemorySegment scratch) {
      long rowBytes = (long) ranges.itemsPerPart() * Float.BYTES;
      // A product writes column i of the whole result; each range has its first one in front.
      MatrixView[] columns =
          IntStream.range(0, ranges.count())
              .mapToObj(range ->
                  new MatrixView(
                      scratch, results - (long) ranges.first(range) * Float.BYTES, rowBytes))
              .toArray(MatrixView[]::new);
      return new WorkerViews(
          new MatrixView(scratch, gathered, (long) x.length() * Float.BYTES),
          scratch.asSlice(prepared, preparedBytes),
          columns);
    }

    private void gather(int tile, int count, MemorySegment scratch) {
      long bytes = (long) x.length() * Float.BYTES;
      for (int i = 0; i < count; i++) {
        long at = x.at(tiles.choice(tile, i) / choicesPerRow);
        MemorySegment.copy(x.segment(), at, scratch, gathered + i * bytes, bytes);
      }
    }

    private void scatter(int tile, int count, int range, MemorySegment scratch) {
      long rowBytes = (long) ranges.itemsPerPart() * Float.BYTES;
      long first = (long) ranges.first(range) * Float.BYTES;
      long bytes = (long) ranges.end(range) * Float.BYTES - first;
      for (int i = 0; i < count; i++) {
        long to = y.at(tiles.choice(tile, i)) + first;
        MemorySegment.copy(scratch, results + i * rowBytes, y.segment(), to, bytes);
      }
    }
  }
}
