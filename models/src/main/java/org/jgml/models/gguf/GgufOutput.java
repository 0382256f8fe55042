package org.jgml.models.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A new file, written from front to end.
final class GgufOutput implements WritableByteChannel {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FileChannel file;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long position;

  private GgufOutput(FileChannel file) {
    this.file = file;
  }

  static GgufOutput create(Path path) throws IOException {
    return new GgufOutput(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
  }

  /// Bytes written so far.
  long position() {
    return position;
  }

  void int32(int value) throws IOException {
    room(Integer.BYTES).putInt(value);
  }

  void int64(long value) throws IOException {
    room(Long.BYTES).putLong(value);
  }

  /// Text preceded by its length in bytes.
  void string(String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    int64(bytes.length);
    write(ByteBuffer.wrap(bytes));
  }

  void bytes(MemorySegment bytes) throws IOException {
    TensorSource.of(bytes).writeTo(this);
  }

  /// Zeros up to the next aligned position.
  void pad(Alignment alignment) throws IOException {
    for (long left = alignment.align(position) - position; left > 0; left--) {
      room(1).put((byte) 0);
    }
  }

  /// Takes all bytes of a buffer.
  @Override
  public int write(ByteBuffer source) throws IOException {
    int length = source.remaining();
    if (length > BUFFER_BYTES) {
      flush();
      drain(source);
      position += length;
    } else {
      room(length).put(source);
    }
    return length;
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  /// Writes what is still buffered and closes the file.
  @Override
  public void close() throws IOException {
    try (file) {
      flush();
    }
  }

  /// The buffer, with room for bytes that the caller is about to put.
  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    position += bytes;
    return buffer;
  }

  private void flush() throws IOException {
    drain(buffer.flip());
    buffer.clear();
  }

  private void drain(ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      file.write(source);
    }
  }
}
