package org.jgml.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.ProductOperands;
import org.jgml.core.foreign.RowLayout;
import org.jgml.core.tensor.Layout;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/// The arguments of a kernel, in order.
final class KernelArguments {
  /// Bytes of arguments that every device takes (CL_DEVICE_MAX_PARAMETER_SIZE).
  private static final long MOST_BYTES = 1024;

  private record Argument(long bytes, Pointer value) {}

  private final List<Argument> arguments = new ArrayList<>();
  private long localBytes;

  /// A tensor: its memory, and where its rows begin.
  KernelArguments tensor(Tensor tensor) {
    return tensor(tensor, tensor.layout());
  }

  /// A tensor in another layout.
  KernelArguments tensor(Tensor tensor, Layout layout) {
    return memory(of(tensor)).bytes(rows(tensor, layout));
  }

  /// One in its layout among operands.
  KernelArguments rows(ProductOperands.Rows rows) {
    return tensor(rows.tensor(), rows.layout());
  }

  /// The `rows_t` of `common.cl`.
  private static ByteBuffer rows(Tensor tensor, Layout layout) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(RowLayout.BYTES).order(ByteOrder.nativeOrder());
    RowLayout.of(tensor, layout).encode(bytes, 0);
    return bytes.flip();
  }

  /// A tensor of one row: its memory, and the byte at which it begins.
  KernelArguments row(Tensor tensor) {
    return memory(of(tensor)).number(tensor.firstByte());
  }

  /// No tensor, where a kernel of these definitions reads none.
  KernelArguments noTensor() {
    return memory(null).bytes(ByteBuffer.allocateDirect(RowLayout.BYTES));
  }

  /// No tensor of one row.
  KernelArguments noRow() {
    return memory(null).number(0L);
  }

  /// Only the memory of a tensor.
  KernelArguments memoryOf(Tensor tensor) {
    return memory(of(tensor));
  }

  /// Memory as a whole.
  KernelArguments memory(cl_mem memory) {
    arguments.add(new Argument(Sizeof.cl_mem, memory == null ? null : Pointer.to(memory)));
    return this;
  }

  /// Local memory of a work-group.
  KernelArguments local(long bytes) {
    localBytes += bytes;
    arguments.add(new Argument(bytes, null));
    return this;
  }

  KernelArguments number(long value) {
    arguments.add(new Argument(Long.BYTES, Pointer.to(new long[] {value})));
    return this;
  }

  KernelArguments number(int value) {
    arguments.add(new Argument(Integer.BYTES, Pointer.to(new int[] {value})));
    return this;
  }

  KernelArguments number(float value) {
    arguments.add(new Argument(Float.BYTES, Pointer.to(new float[] {value})));
    return this;
  }

  /// A vector of four.
  KernelArguments vector(float x, float y, float z, float w) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * Float.BYTES).order(ByteOrder.nativeOrder());
    return bytes(bytes.putFloat(x).putFloat(y).putFloat(z).putFloat(w).flip());
  }

  /// A structure.
  KernelArguments bytes(ByteBuffer structure) {
    arguments.add(new Argument(structure.remaining(), Pointer.to(structure)));
    return this;
  }

  private static cl_mem of(Tensor tensor) {
    return ((OpenClBuffer) tensor.buffer()).memory();
  }

  /// Sets them.
  ///
  /// @throws IllegalStateException if there are devices that do not take so many
  void apply(String node, cl_kernel kernel) {
    long bytes = arguments.stream().mapToLong(Argument::bytes).sum() - localBytes;
    if (bytes > MOST_BYTES) {
      throw new IllegalStateException(
          "%s: %d bytes of arguments, of %d that every device takes"
              .formatted(node, bytes, MOST_BYTES));
    }
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      int code = CL.clSetKernelArg(kernel, i, argument.bytes(), argument.value());
      OpenClException.check(node + ", argument " + i, "clSetKernelArg", code);
    }
  }
}
