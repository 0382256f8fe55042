package org.jgml.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.RowLayout;
import org.jgml.core.op.Pad;
import org.jgml.core.tensor.Shape;

/// Elements around a tensor.
final class PadKernel {
  private PadKernel() {}

  static Binding pad(Pad op) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      Tensor y = step.output();
      Shape shape = y.type().shape();
      KernelArguments arguments =
          new KernelArguments()
              .tensor(x)
              .tensor(y)
              .bytes(padding(op, x.type().shape(), shape))
              .number(op.mode().ordinal());
      ProgramSource source =
          ProgramSource.of("pad")
              .with("UNIT", y.type().dataType().blockBytes() == 2 ? "ushort" : "uint");
      for (Pad.Mode mode : Pad.Mode.values()) {
        source = source.with(mode.name(), mode.ordinal());
      }
      compiler.elementwise(source, "pad", arguments, shape.rowLength(), shape.rows());
    };
  }

  /// The `padding_t` of `pad.cl`.
  private static ByteBuffer padding(Pad op, Shape from, Shape to) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((1 + 3 * RowLayout.MAX_AXES) * Long.BYTES)
            .order(ByteOrder.nativeOrder());
    bytes.putLong(from.rank());
    long[] before = op.before().stream().mapToLong(Long::longValue).toArray();
    for (long[] values : List.of(from.dims(), to.dims(), before)) {
      Arrays.stream(Arrays.copyOf(values, RowLayout.MAX_AXES)).forEach(bytes::putLong);
    }
    return bytes.flip();
  }
}
