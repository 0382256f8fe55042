package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Conv;
import org.jgml.core.tensor.Shape;
import org.jgml.cpu.matmul.ActivationLayout;
import org.jgml.cpu.matmul.MatrixProduct;
import org.jgml.cpu.matmul.MatrixView;

/// Convolutions: as matrix products where enough outputs share a patch.
final class ConvKernels {
  /// From here on a patch is worth gathering.
  private static final int LEAST_OUTPUTS = 4;

  private static final int FLOPS_PER_NANO = 60;

  private ConvKernels() {}

  static Binding conv(Conv op) {
    return (step, compiler) -> {
      Shape weights = step.input(1).type().shape();
      if (weights.dim(0) / op.groups() < LEAST_OUTPUTS) {
        FewOutputsKernel.bind(op, rows(op, step), step, compiler);
      } else {
        bindProduct(op, step, compiler);
      }
    };
  }

  private static WindowRows rows(Conv op, Step step) {
    return WindowRows.of(op.window(), op.window().spatial(step.input(0).type().shape()));
  }

  private static void bindProduct(Conv op, Step step, SegmentCompiler compiler) {
    Tensor weights = step.input(1);
    Shape shape = weights.type().shape();
    WindowRows rows = rows(op, step);
    int m = Math.toIntExact(shape.dim(0) / op.groups());
    int k = Math.toIntExact(shape.dim(1) * op.window().taps());
    MatrixProduct product = compiler.arithmetic().matmul().product(weights.type().dataType(), m, k);
    ActivationLayout layout = product.activationLayout();
    PreparedMatrices prepared =
        new PreparedMatrices(compiler.prepared().scratch(), layout.bytes(), op.groups());
    if (!compiler.prepared().reserve(weights, layout, prepared.bytes())) {
      MatrixView[] filters =
          IntStream.range(0, op.groups())
              .mapToObj(group -> matrix(weights, (long) group * m * k, k))
              .toArray(MatrixView[]::new);
      compiler.add(PrepareKernel.of(product, filters, prepared, compiler.workers()));
    }
    Scratch.Frame frame = compiler.frame();
    frame.reserve(product.scratchBytes());
    int images = Math.toIntExact(step.input(0).type().shape().dim(0));
    Patches patches = new Patches(rows, step.input(0), (int) shape.dim(1), frame);
    int blocks = patches.blocks();
    Parts parts =
        Parts.of(
            images * op.groups() * blocks,
            (long) Patches.BLOCK * k * (1 + 2L * m / FLOPS_PER_NANO),
            compiler.workers());
    MatrixView[] y = results(step.output(), images * op.groups(), m, patches);
    compiler.add(new ProductKernel(product, prepared, patches, y, op.groups(), frame, parts));
  }

  private static MatrixView matrix(Tensor tensor, long firstElement, long rowLength) {
    return new MatrixView(
        tensor.segment(), WindowKernels.at(tensor, firstElement), rowLength * Float.BYTES);
  }

  /// Where the product of each block of patches goes.
  private static MatrixView[] results(Tensor y, int products, int m, Patches patches) {
    int positions = patches.positions();
    int blocks = patches.blocks();
    return IntStream.range(0, products * blocks)
        .mapToObj(i -> (long) (i / blocks) * m * positions + (long) (i % blocks) * Patches.BLOCK)
        .map(first -> matrix(y, first, positions))
        .toArray(MatrixView[]::new);
  }

  /// The filters are the activations of a product, the patches its weights: so each filter's
  /// results lie side by side, as the result wants them.
  private record ProductKernel(
      MatrixProduct product,
      PreparedMatrices filters,
      Patches patches,
      MatrixView[] y,
      int groups,
      Scratch.Frame frame,
      Parts blockParts)
      implements Kernel {
    @Override
    public int parts() {
      return blockParts.count();
    }

    @Override
    public void run(int part, int worker) {
      int blocks = patches.blocks();
      for (int i = blockParts.first(part); i < blockParts.end(part); i++) {
        int count = patches.gather(i / blocks, i % blocks, worker);
        MemorySegment filter = filters.get(i / blocks % groups);
        product.multiply(patches.view(worker), filter, y[i], 0, count, frame.ofWorker(worker));
      }
    }
  }
}
