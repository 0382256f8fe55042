package org.jgml.models.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;
import org.jgml.models.gguf.GgufArray;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufValueType;

/// The activation of the feed-forward part, where an architecture leaves it to the file.
///
/// @param unit chosen by name; SwiGLU where files do not choose
/// @param learned that of each layer, where it was learned (Apertus); else empty
public record Activations(Glu.Kind unit, List<Xielu> learned) {
  /// Those of architectures whose files may choose another.
  private static final Map<String, String> USUAL = Map.of("modern-bert", "gelu", "bitnet", "silu");

  private static final String NEGATIVE = "xielu.alpha_n";

  static Activations read(ModelKeys keys, int blockCount) throws GgufException {
    return new Activations(unit(keys), learned(keys.metadata(), blockCount));
  }

  private static Glu.Kind unit(ModelKeys keys) throws GgufException {
    String name = "hidden_activation";
    Optional<String> usual = Optional.ofNullable(USUAL.get(keys.architecture()));
    if (usual.isEmpty()) {
      return Glu.Kind.SWIGLU;
    }
    return switch (keys.string(name).or(() -> usual).orElseThrow()) {
      case "gelu", "geglu" -> Glu.Kind.GEGLU_ERF;
      case "silu", "swish", "swiglu" -> Glu.Kind.SWIGLU;
      default -> throw keys.malformed(name, "gelu or silu");
    };
  }

  /// Constants as files have them: before the softplus that keeps them positive, by keys without an
  /// architecture; empty if the file has none.
  private static List<Xielu> learned(GgufMetadata metadata, int blockCount) throws GgufException {
    List<Xielu> layers = new ArrayList<>();
    if (!metadata.contains(NEGATIVE)) {
      return layers;
    }
    for (int i = 0; i < blockCount; i++) {
      double beta = number(metadata, "xielu.beta", i, blockCount);
      double negative = softplus(number(metadata, NEGATIVE, i, blockCount));
      double positive = softplus(number(metadata, "xielu.alpha_p", i, blockCount));
      double epsilon = number(metadata, "xielu.eps", i, blockCount);
      layers.add(
          new Xielu((float) (beta + negative), (float) positive, (float) beta, (float) epsilon));
    }
    return List.copyOf(layers);
  }

  private static double softplus(double x) {
    return Unary.Kind.SOFTPLUS.apply(x);
  }

  /// The number of a layer; files have one for each, or one for all.
  private static double number(GgufMetadata metadata, String key, int layer, int blockCount)
      throws GgufException {
    if (metadata.value(key).map(GgufValue::type).orElse(null) != GgufValueType.ARRAY) {
      return metadata.requireNumber(key);
    }
    GgufArray array = metadata.requireArray(key, GgufValueType.FLOAT32);
    if (array.count() != blockCount) {
      throw metadata.malformed(key, "a number for each of the %d layers".formatted(blockCount));
    }
    return array.number(layer);
  }
}
