package org.jgml.models.architecture;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;
import org.jgml.models.gguf.GgufArray;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufValueType;

/// The constants that Apertus learned for the activation of each layer, as files have them: before
/// the softplus that keeps them positive, by keys without an architecture.
final class LearnedXielu {
  private static final String NEGATIVE = "xielu.alpha_n";

  private LearnedXielu() {}

  /// The activation of each layer; empty if the file has none.
  static List<Xielu> read(GgufMetadata metadata, int blockCount) throws GgufException {
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
