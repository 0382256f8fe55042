package org.jgml.models.quantisation;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.TensorSource;

/// Converts a tensor while it is written, a few pieces at a time: each worker takes a piece, and
/// pieces are written in their order, so that the number of workers changes no byte.
final class TensorConverter implements TensorSource {
  /// Elements of a piece: whole blocks of every type.
  private static final int PIECE = 1 << 17;

  /// Scales are halves.
  private static final float LARGEST_HALF = 65504;

  private final GgufTensor tensor;
  private final DataType from;
  private final DataType to;
  private final ExecutorService workers;
  private final int pieces;
  private final LongConsumer progress;

  /// @param pieces how many are converted at once
  /// @param progress is told how many elements are done, each time some are
  TensorConverter(Conversion conversion, ExecutorService workers, int pieces, LongConsumer progress)
      throws GgufException {
    this.tensor = conversion.tensor();
    this.from = tensor.tensorType().dataType();
    this.to = conversion.type().dataType().orElseThrow();
    this.workers = workers;
    this.pieces = pieces;
    this.progress = progress;
  }

  @Override
  public void writeTo(WritableByteChannel channel) throws IOException {
    long elements = tensor.shape().elements();
    for (long start = 0; start < elements; start += (long) pieces * PIECE) {
      List<Future<byte[]>> running = new ArrayList<>();
      for (int i = 0; i < pieces && start + (long) i * PIECE < elements; i++) {
        long first = start + (long) i * PIECE;
        int count = (int) Math.min(PIECE, elements - first);
        running.add(workers.submit(() -> convert(first, count)));
      }
      for (Future<byte[]> piece : running) {
        ByteBuffer bytes = ByteBuffer.wrap(result(piece));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      progress.accept(Math.min(elements - start, (long) pieces * PIECE));
    }
  }

  private byte[] convert(long first, int count) throws GgufException {
    float[] values = new float[count];
    Format.of(from).dequantise(tensor.bytes(), from.bytes(first), values, 0, count);
    if (to.isQuantised() || to == DataType.F16) {
      requireRange(values, first);
    }
    byte[] bytes = new byte[Math.toIntExact(to.bytes(count))];
    Format.of(to).quantiseWeights(values, 0, MemorySegment.ofArray(bytes), 0, count);
    return bytes;
  }

  private void requireRange(float[] values, long first) throws GgufException {
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(values[i]) <= LARGEST_HALF)) {
        String problem =
            "element %d is %s, which %s cannot hold. Fix: keep this tensor F32 or BF16, or repair"
                + " the model";
        throw tensor.malformed(problem.formatted(first + i, values[i], to));
      }
    }
  }

  private static byte[] result(Future<byte[]> piece) throws IOException {
    try {
      return piece.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
  }
}
