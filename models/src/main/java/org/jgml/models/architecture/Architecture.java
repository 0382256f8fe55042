package org.jgml.models.architecture;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jgml.core.op.Rope;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;

/// The architectures that this engine can build, by the name that GGUF files give them.
///
/// The rotation style is not in the files: converters interleave the rows of queries and keys for
/// `llama`, so that adjacent pairs rotate; other architectures rotate split halves.
public enum Architecture {
  LLAMA(Rope.Style.NORMAL, new LlamaBlock()),
  QWEN2(Rope.Style.NEOX, new LlamaBlock()),
  QWEN3(Rope.Style.NEOX, new Qwen3Block());

  private final Rope.Style ropeStyle;
  private final Block block;

  Architecture(Rope.Style ropeStyle, Block block) {
    this.ropeStyle = ropeStyle;
    this.block = block;
  }

  Rope.Style ropeStyle() {
    return ropeStyle;
  }

  Block block() {
    return block;
  }

  /// The architecture that a file declares.
  ///
  /// @throws GgufException if it is not supported, naming those that are
  public static Architecture read(GgufMetadata metadata) throws GgufException {
    String key = "general.architecture";
    String name = metadata.requireString(key);
    for (Architecture architecture : values()) {
      if (architecture.fileName().equals(name)) {
        return architecture;
      }
    }
    throw metadata.malformed(key, "one of " + supported());
  }

  private static String supported() {
    return Arrays.stream(values()).map(Architecture::fileName).collect(Collectors.joining(", "));
  }

  private String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
