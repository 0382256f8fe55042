package org.jgml.kvcache.tier;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// A tensor in the file of a saved session.
///
/// @param type of the whole tensor
/// @param start byte of the file where it begins
/// @param bytes how many of its bytes were saved, from the first on
/// @param checksum of these bytes
record SavedTensor(TensorType type, long start, long bytes, int checksum) {
  void write(DataOutput out) throws IOException {
    out.writeUTF(type.dataType().name());
    out.writeInt(type.shape().rank());
    for (long dim : type.shape().dims()) {
      out.writeLong(dim);
    }
    out.writeLong(start);
    out.writeLong(bytes);
    out.writeInt(checksum);
  }

  static SavedTensor read(DataInput in) throws IOException {
    DataType type = DataType.valueOf(in.readUTF());
    long[] dims = new long[in.readInt()];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = in.readLong();
    }
    return new SavedTensor(TensorType.of(type, dims), in.readLong(), in.readLong(), in.readInt());
  }
}
