package org.jgml.models.perplexity;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a model predicted for a text, in a file: the format of `llama-perplexity
/// --kl-divergence-base`.
///
/// Little-endian: `_logits_`, chunk length, vocabulary size, chunks, all tokens, then a [SavedRow]
/// for each scored position.
public final class SavedPredictions {
  private static final byte[] MAGIC = "_logits_".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_NUMBERS = 3;

  private SavedPredictions() {}

  /// Writes predictions, row after row.
  static final class Writer implements Closeable {
    private final Path path;
    private final OutputStream file;
    private final ByteBuffer row;

    /// @throws IOException which names the file, as those of the other methods do
    Writer(Path path, TextChunks chunks, int vocabularySize) throws IOException {
      this.path = path;
      file = new BufferedOutputStream(Files.newOutputStream(path));
      row = allocate(SavedRow.bytes(vocabularySize));
      write(header(chunks, vocabularySize));
    }

    void write(float... logits) throws IOException {
      row.clear();
      SavedRow.write(logits, row);
      write(row);
    }

    private void write(ByteBuffer bytes) throws IOException {
      try {
        file.write(bytes.array());
      } catch (IOException e) {
        throw named(e);
      }
    }

    private IOException named(IOException problem) {
      return new IOException(path + ": " + problem.getMessage(), problem);
    }

    @Override
    public void close() throws IOException {
      try {
        file.close();
      } catch (IOException e) {
        throw named(e);
      }
    }
  }

  /// Reads predictions, row after row.
  static final class Reader implements Closeable {
    private final Path path;
    private final InputStream file;
    private final ByteBuffer row;
    private final int vocabularySize;

    /// @throws IOException if they are not of this text, cut in this way, and of this vocabulary
    Reader(Path path, TextChunks chunks, int vocabularySize) throws IOException {
      this.path = path;
      this.vocabularySize = vocabularySize;
      row = allocate(SavedRow.bytes(vocabularySize));
      file = new BufferedInputStream(Files.newInputStream(path));
      try {
        check(header(chunks, vocabularySize));
      } catch (IOException e) {
        file.close();
        throw e;
      }
    }

    private void check(ByteBuffer expected) throws IOException {
      ByteBuffer found = allocate(expected.capacity());
      int read = file.readNBytes(found.array(), 0, found.capacity());
      int difference = found.mismatch(expected);
      if (read < MAGIC.length || difference >= 0 && difference < MAGIC.length) {
        throw new IOException(path + ": not a file of saved predictions");
      }
      int at = MAGIC.length;
      for (String what : new String[] {"chunk length", "vocabulary size", "number of chunks"}) {
        if (found.getInt(at) != expected.getInt(at)) {
          throw new IOException(
              "%s: the %s is %d, here it is %d"
                  .formatted(path, what, found.getInt(at), expected.getInt(at)));
        }
        at += Integer.BYTES;
      }
      if (difference >= 0) {
        throw new IOException(path + ": made from another text or by another tokenizer");
      }
    }

    /// The logarithms of the probabilities.
    float[] read() throws IOException {
      if (file.readNBytes(row.array(), 0, row.capacity()) < row.capacity()) {
        throw new EOFException(path + ": ends in the middle");
      }
      return SavedRow.read(row.clear(), vocabularySize);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static ByteBuffer header(TextChunks chunks, int vocabularySize) {
    int[] tokens = chunks.tokens();
    ByteBuffer header =
        allocate(MAGIC.length + (HEADER_NUMBERS + tokens.length) * Integer.BYTES)
            .put(MAGIC)
            .putInt(chunks.length())
            .putInt(vocabularySize)
            .putInt(chunks.count());
    for (int token : tokens) {
      header.putInt(token);
    }
    return header.clear();
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
