package org.jgml.cpu;

import dev.ludovic.netlib.blas.BLAS;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.MatMul;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.cpu.matmul.ActivationLayout;
import org.jgml.cpu.matmul.MatrixProduct;
import org.jgml.cpu.matmul.MatrixView;

/// Matrix products, in two phases: the activations are brought into the order that the product
/// wants, then rows of weights are multiplied with them.
final class MatmulKernels {
  /// What one core reads from memory, and what it multiplies and adds, in a nanosecond.
  private static final int BYTES_PER_NANO = 8;

  private static final int FLOPS_PER_NANO = 60;

  /// Rows of weights in a part are a multiple of this: whole cache lines of results.
  private static final int ROW_GROUP = 16;

  private MatmulKernels() {}

  static void matmul(Step step, SegmentCompiler compiler) {
    Tensor x = step.input(0);
    Tensor weights = step.input(1);
    Tensor y = step.output();
    if (matrices(weights) == 1) {
      Optional<Layout> rows = x.layout().reshape(oneMatrix(x));
      if (rows.isPresent() && rows.get().hasDenseRows()) {
        x = view(x, rows.get());
        y = view(y, y.layout().reshape(oneMatrix(y)).orElseThrow());
        weights = view(weights, weights.layout().reshape(oneMatrix(weights)).orElseThrow());
      }
    }
    new Binder(x, weights, y, compiler).bind();
  }

  /// All rows of a tensor as one matrix.
  private static Shape oneMatrix(Tensor tensor) {
    Shape shape = tensor.type().shape();
    return Shape.of(shape.rows(), shape.rowLength());
  }

  private static Tensor view(Tensor tensor, Layout layout) {
    return tensor.view(tensor.type().withShape(layout.shape()), layout);
  }

  /// The number of matrices: the product of the leading axes.
  static int matrices(Tensor tensor) {
    Shape shape = tensor.type().shape();
    return Math.toIntExact(shape.range(0, shape.rank() - 2).elements());
  }

  /// A matrix of a tensor.
  static MatrixView matrix(Tensor tensor, int index) {
    long rows = tensor.type().shape().dim(-2);
    long offset = tensor.byteOffset(tensor.layout().rowOffset(index * rows));
    long rowBytes = tensor.type().dataType().bytes(tensor.layout().stride(-2));
    return new MatrixView(tensor.segment(), offset, rowBytes);
  }

  /// The time that one row of weights takes.
  static long nanos(Tensor weights, int m) {
    long k = weights.type().shape().rowLength();
    long reading = weights.type().dataType().bytes(k) / BYTES_PER_NANO;
    return Math.max(1, Math.max(reading, 2 * k * m / FLOPS_PER_NANO));
  }

  /// The kernels of one product of a matrix with itself as weights, to be timed.
  static List<Kernel> product(
      MatrixProduct product, MatrixView x, MatrixView y, int n, Scratch scratch, int workers) {
    PreparedMatrices prepared =
        new PreparedMatrices(scratch, product.activationLayout().bytes(), 1);
    scratch.reservePrepared(prepared.bytes());
    Scratch.Frame frame = scratch.frame();
    frame.reserve(product.scratchBytes());
    Parts parts = new Parts(n, Math.ceilDiv(n, workers));
    MatrixView[] matrices = {x};
    return List.of(
        PrepareKernel.of(product, matrices, prepared, workers),
        new MultiplyKernel(
            product, new int[1], prepared, matrices, new MatrixView[] {y}, n, frame, parts));
  }

  /// One matmul step while its kernels are made.
  private record Binder(Tensor x, Tensor weights, Tensor y, SegmentCompiler compiler) {
    void bind() {
      int m = Math.toIntExact(x.type().shape().dim(-2));
      int n = Math.toIntExact(weights.type().shape().dim(-2));
      int k = Math.toIntExact(x.type().shape().dim(-1));
      boolean isPlain = weights.type().dataType() == DataType.F32 && matrices(y) == 1;
      Optional<BLAS> blas = isPlain ? compiler.blas().forProduct(m, n, k) : Optional.empty();
      if (blas.isPresent()) {
        BlasKernel.Extents extents = new BlasKernel.Extents(m, n, k);
        compiler.add(
            new BlasKernel(blas.get(), matrix(x, 0), matrix(weights, 0), matrix(y, 0), extents));
      } else {
        bindProduct(m, k);
      }
    }

    private void bindProduct(int m, int k) {
      MatrixProduct product =
          compiler.arithmetic().matmul().product(weights.type().dataType(), m, k);
      ActivationLayout layout = product.activationLayout();
      MatrixView[] activations =
          IntStream.range(0, matrices(x)).mapToObj(i -> matrix(x, i)).toArray(MatrixView[]::new);
      PreparedMatrices prepared =
          new PreparedMatrices(compiler.prepared().scratch(), layout.bytes(), activations.length);
      if (!compiler.prepared().reserve(x, layout, prepared.bytes())) {
        compiler.add(PrepareKernel.of(product, activations, prepared, compiler.workers()));
      }
      compiler.add(multiply(product, prepared, m));
    }

    private MultiplyKernel multiply(MatrixProduct product, PreparedMatrices prepared, int m) {
      Shape batch = y.type().shape().range(0, y.type().shape().rank() - 2);
      int count = matrices(y);
      int n = Math.toIntExact(weights.type().shape().dim(-2));
      int[] xIndices = new int[count];
      MatrixView[] w = new MatrixView[count];
      MatrixView[] results = new MatrixView[count];
      for (int i = 0; i < count; i++) {
        xIndices[i] = MatMul.matrixIndex(x.type().shape(), batch, i);
        w[i] = matrix(weights, MatMul.matrixIndex(weights.type().shape(), batch, i));
        results[i] = matrix(y, i);
      }
      Scratch.Frame frame = compiler.frame();
      frame.reserve(product.scratchBytes());
      Parts parts = Parts.of(count * n, nanos(weights, m), compiler.workers()).ofWhole(ROW_GROUP);
      return new MultiplyKernel(product, xIndices, prepared, w, results, n, frame, parts);
    }
  }

  private record MultiplyKernel(
      MatrixProduct product,
      int[] xIndices,
      PreparedMatrices prepared,
      MatrixView[] weights,
      MatrixView[] y,
      int n,
      Scratch.Frame frame,
      Parts rowParts)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      MemorySegment scratch = frame.ofWorker(worker);
      int end = rowParts.end(part);
      for (int row = rowParts.first(part); row < end; ) {
        int i = row / n;
        int first = row - i * n;
        int last = Math.min(n, end - i * n);
        MemorySegment x = prepared.get(xIndices[i]);
        product.multiply(weights[i], x, y[i], first, last, scratch);
        row += last - first;
      }
    }
  }
}
