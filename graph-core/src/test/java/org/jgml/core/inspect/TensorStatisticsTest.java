package org.jgml.core.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class TensorStatisticsTest {
  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private static Tensor tensor(float... values) {
    HostBuffer buffer = HostBuffer.allocate("test", (long) values.length * Float.BYTES);
    buffer.upload(0, MemorySegment.ofArray(values));
    return Tensor.dense(TensorType.of(DataType.F32, values.length), buffer, 0);
  }

  @Test
  void finiteElementsAreSummedUpAndOthersCounted() {
    TensorStatistics statistics = TensorStatistics.of(tensor(1, -INFINITY, NAN, 4, NAN, 1.5f));
    assertEquals(
        "min 1 max 4 mean 2.16667 nan 2 inf 1 first [1, -Infinity, NaN, 4, …]",
        statistics.toString());
    assertEquals(2, statistics.firstNan());
  }

  @Test
  void nothingFiniteHasNoMean() {
    TensorStatistics statistics = TensorStatistics.of(tensor(NAN, INFINITY));
    assertTrue(Double.isNaN(statistics.min()) && Double.isNaN(statistics.mean()));
    assertEquals(2, statistics.first().size());
  }

  @Test
  void viewsAreReadInTheirOwnOrder() {
    Tensor rows = tensor(1, 2, 3, 4, 5, 6);
    Tensor matrix =
        rows.view(TensorType.of(DataType.F32, 2, 3), rows.layout().reshape(shape(2, 3)).get());
    Tensor turned = matrix.view(TensorType.of(DataType.F32, 3, 2), matrix.layout().permute(1, 0));
    assertEquals(List.of(1.0, 4.0, 2.0, 5.0), TensorStatistics.of(turned).first());
  }

  private static Shape shape(long... dims) {
    return Shape.of(dims);
  }

  /// Memory that Java cannot read in place.
  private record Remote(HostBuffer memory) implements Buffer {
    @Override
    public long bytes() {
      return memory.bytes();
    }

    @Override
    public void upload(long offset, MemorySegment source) {
      memory.upload(offset, source);
    }

    @Override
    public void download(long offset, MemorySegment target) {
      memory.download(offset, target);
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  @Test
  void memoryOfOtherDevicesIsDownloaded() {
    Tensor host = tensor(9, 8, 7, 6);
    Tensor remote =
        new Tensor(
            TensorType.of(DataType.F32, 2),
            host.layout().slice(0, 1, 2, 1),
            new Remote((HostBuffer) host.buffer()),
            4);
    assertEquals(List.of(7.0, 6.0), TensorStatistics.of(remote).first());
  }
}
