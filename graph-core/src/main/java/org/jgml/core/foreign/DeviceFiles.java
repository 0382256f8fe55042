package org.jgml.core.foreign;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// What was found out once for a device, on disk: built programs and measured tuning, by device,
/// driver and source. In `$XDG_CACHE_HOME/jgml/BACKEND`, or where the property `jgml.BACKEND.cache`
/// says.
///
/// A file is the SHA-256 of its contents and the contents; one that does not fit is as good as
/// none. Where files cannot be read or written, all is made anew each time.
public final class DeviceFiles {
  private static final int HASH_BYTES = 32;

  private final Path directory;
  private final String device;

  /// @param backend the backend whose files these are, such as `opencl`
  /// @param device what contents depend on besides the source
  public DeviceFiles(String backend, String device) {
    this(directory(backend), device);
  }

  /// Files in a directory, which need not be there yet.
  public DeviceFiles(Path directory, String device) {
    this.directory = directory;
    this.device = device;
  }

  private static Path directory(String backend) {
    String chosen = System.getProperty("jgml." + backend + ".cache");
    if (chosen != null) {
      return Path.of(chosen);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return base.resolve("jgml").resolve(backend);
  }

  /// The file of what was made from a source.
  public Path file(String source) {
    byte[] key = hash((device + "\n" + source).getBytes(StandardCharsets.UTF_8));
    return directory.resolve(HexFormat.of().formatHex(key) + ".bin");
  }

  /// What was made from a source, if it is there and whole.
  public Optional<byte[]> read(String source) {
    try {
      byte[] bytes = Files.readAllBytes(file(source));
      if (bytes.length <= HASH_BYTES) {
        return Optional.empty();
      }
      byte[] contents = Arrays.copyOfRange(bytes, HASH_BYTES, bytes.length);
      boolean isWhole = Arrays.equals(hash(contents), Arrays.copyOf(bytes, HASH_BYTES));
      return isWhole ? Optional.of(contents) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Keeps what was made from a source; whoever reads at the same time sees all of it or nothing.
  public void write(String source, byte... contents) {
    Path file = file(source);
    try {
      Files.createDirectories(directory);
      Path fresh = Files.createTempFile(directory, "kept", ".new");
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(hash(contents));
        bytes.writeBytes(contents);
        Files.write(fresh, bytes.toByteArray());
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException _) {
      // A full or read-only disk costs time at the next start, nothing else.
    }
  }

  private static byte[] hash(byte... bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
