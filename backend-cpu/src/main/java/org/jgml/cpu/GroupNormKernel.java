package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.op.GroupNorm;
import org.jgml.core.tensor.Shape;

/// Normalisation of groups of channels, each a run of rows.
final class GroupNormKernel implements Kernel {
  private final GroupNorm op;
  private final RowMath math;
  private final FloatOperand x;
  private final FloatResult y;
  private final int rowsPerImage;
  private final int rowsPerGroup;
  private final int groupsPerImage;
  private final Parts parts;

  private GroupNormKernel(
      GroupNorm op, Shape shape, FloatOperand x, FloatResult y, SegmentCompiler compiler) {
    this.op = op;
    this.math = compiler.rows();
    this.x = x;
    this.y = y;
    int height = Math.toIntExact(shape.dim(-2));
    this.rowsPerImage = Math.toIntExact(shape.dim(-3)) * height;
    this.rowsPerGroup = Math.toIntExact(op.channelsPerGroup(shape.dim(-3))) * height;
    this.groupsPerImage = Math.ceilDiv(rowsPerImage, rowsPerGroup);
    int images = Math.toIntExact(shape.rows() / rowsPerImage);
    long nanos = 3 * rowsPerGroup * shape.rowLength();
    this.parts = Parts.of(images * groupsPerImage, nanos, compiler.workers());
  }

  static Binding groupNorm(GroupNorm op) {
    return (step, compiler) -> {
      Scratch.Frame frame = compiler.frame();
      FloatOperand x = FloatOperand.of(Rows.of(step.input(0)), compiler, frame);
      FloatResult y = new FloatResult(Rows.of(step.output()), compiler, frame);
      compiler.add(new GroupNormKernel(op, step.output().type().shape(), x, y, compiler));
    };
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    for (int group = parts.first(part); group < parts.end(part); group++) {
      int image = group / groupsPerImage * rowsPerImage;
      int first = image + group % groupsPerImage * rowsPerGroup;
      normalise(first, Math.min(first + rowsPerGroup, image + rowsPerImage), worker);
    }
  }

  private void normalise(int firstRow, int endRow, int worker) {
    double sum = 0;
    long elements = 0;
    for (int row = firstRow; row < endRow; row++) {
      MemorySegment from = x.load(row, worker);
      sum += math.sum(from, x.at(row), x.length(row));
      elements += x.length(row);
    }
    double mean = sum / elements;
    double squares = 0;
    for (int row = firstRow; row < endRow; row++) {
      writeCentred(row, mean, worker);
      squares += math.sumOfSquares(y.segment(worker), y.at(row), y.length(row));
    }
    float factor = (float) (1 / Math.sqrt(squares / elements + op.epsilon()));
    for (int row = firstRow; row < endRow; row++) {
      writeCentred(row, mean, worker);
      MemorySegment to = y.segment(worker);
      math.multiply(factor, to, y.at(row), to, y.at(row), y.length(row));
      y.store(row, worker);
    }
  }

  private void writeCentred(int row, double mean, int worker) {
    MemorySegment from = x.load(row, worker);
    NormalisationKernels.centre(
        math, mean, from, x.at(row), y.segment(worker), y.at(row), y.length(row));
  }
}
