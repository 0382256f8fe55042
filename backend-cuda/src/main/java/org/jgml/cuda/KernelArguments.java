package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.ProductOperands;
import org.jgml.core.foreign.RowLayout;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// The structure that a kernel takes, field by field in the order of its declaration, each aligned
/// to its own size.
final class KernelArguments {
  /// What a kernel can take at most.
  private static final int MOST_BYTES = 4096;

  private final ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.nativeOrder());

  /// A tensor: a `tensor_t`.
  KernelArguments tensor(Tensor tensor) {
    return tensor(tensor, tensor.layout());
  }

  /// A tensor in another layout.
  KernelArguments tensor(Tensor tensor, Layout layout) {
    align(Long.BYTES);
    TensorArgument.put(bytes, RowLayout.of(tensor, layout), base(tensor));
    return this;
  }

  /// A tensor in its layout among operands.
  KernelArguments rows(ProductOperands.Rows rows) {
    return tensor(rows.tensor(), rows.layout());
  }

  /// The same, or a tensor that is not there for null.
  KernelArguments rowsIfThere(ProductOperands.Rows rows) {
    return rows == null ? noTensor() : rows(rows);
  }

  /// A tensor that is not there.
  KernelArguments noTensor() {
    align(Long.BYTES);
    return skip(TensorArgument.BYTES);
  }

  /// A tensor of which only the address of its first row is of interest.
  KernelArguments address(long start) {
    return number(start).skip(TensorArgument.BYTES - Long.BYTES);
  }

  private KernelArguments skip(int count) {
    bytes.put(new byte[count]);
    return this;
  }

  /// A tensor as the address of its first element; 0 if it is not there.
  KernelArguments start(Tensor tensor) {
    return number(tensor == null ? 0L : address(tensor));
  }

  /// An `int64`, or an address.
  KernelArguments number(long value) {
    align(Long.BYTES);
    bytes.putLong(value);
    return this;
  }

  KernelArguments number(int value) {
    align(Integer.BYTES);
    bytes.putInt(value);
    return this;
  }

  KernelArguments number(float value) {
    align(Float.BYTES);
    bytes.putFloat(value);
    return this;
  }

  /// The code of an element type.
  KernelArguments type(DataType type) {
    return number(type.ordinal());
  }

  KernelArguments flag(boolean value) {
    return number(value ? 1 : 0);
  }

  KernelArguments numbers(float... values) {
    for (float value : values) {
      number(value);
    }
    return this;
  }

  KernelArguments numbers(int... values) {
    for (int value : values) {
      number(value);
    }
    return this;
  }

  private void align(int size) {
    while (bytes.position() % size != 0) {
      bytes.put((byte) 0);
    }
  }

  /// The address of a tensor's first element.
  static long address(Tensor tensor) {
    return base(tensor) + tensor.firstByte();
  }

  private static long base(Tensor tensor) {
    return ((CudaBuffer) tensor.buffer()).address();
  }

  /// Whether every row of a tensor in a layout begins at a multiple of so many bytes.
  static boolean isAligned(Tensor tensor, Layout layout, int bytes) {
    return RowLayout.of(tensor, layout).isAligned(base(tensor), bytes);
  }

  /// Whether a tensor lies without gaps, from a multiple of so many bytes on.
  static boolean isDense(ProductOperands.Rows rows, int bytes) {
    return rows.layout().isDense() && address(rows.tensor()) % bytes == 0;
  }

  /// The bytes of the structure.
  MemorySegment structure() {
    align(Long.BYTES);
    return MemorySegment.ofArray(bytes.array()).asSlice(0, bytes.position());
  }
}
