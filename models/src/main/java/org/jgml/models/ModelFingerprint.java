package org.jgml.models;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufTensor;

/// A number by which a model is known again, so that a session of another one is not continued.
///
/// Made from the parameters of the architecture, the names, types and shapes of all tensors, and
/// the first and the last bytes of each: that tells fine-tuned and quantised siblings apart without
/// reading gigabytes. Name, licence and chat template of a file do not matter.
final class ModelFingerprint {
  private static final int SAMPLE_BYTES = 1024;
  private static final int DIGITS = 16;

  private final MessageDigest digest;

  private ModelFingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /// 16 hexadecimal digits.
  static String of(GgufFile file) {
    ModelFingerprint fingerprint = new ModelFingerprint();
    fingerprint.add(file.metadata());
    file.tensors().forEach(fingerprint::add);
    return HexFormat.of().formatHex(fingerprint.digest.digest()).substring(0, DIGITS);
  }

  private void add(GgufMetadata metadata) {
    for (String key : metadata.keys()) {
      if (!key.startsWith("general.")
          && !key.startsWith("tokenizer.")
          && !key.startsWith("split.")) {
        add(key + "=" + metadata.value(key).orElseThrow());
      }
    }
  }

  private void add(GgufTensor tensor) {
    add(tensor.toString());
    MemorySegment bytes = tensor.bytes();
    long sample = Math.min(SAMPLE_BYTES, bytes.byteSize());
    digest.update(bytes.asSlice(0, sample).asByteBuffer());
    digest.update(bytes.asSlice(bytes.byteSize() - sample).asByteBuffer());
  }

  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
