package org.jgml.models.architecture;

import java.util.Set;
import org.jgml.models.gguf.GgufException;

/// How fast scores fall with the distance, where that says where tokens stand: the largest exponent
/// of the slopes of heads (Press et al. 2021, *ALiBi*, section 3).
final class DistanceBias {
  /// Of the models with eight heads that the paper begins with.
  private static final float USUAL = 8;

  /// Those whose files do not say it.
  private static final Set<String> SILENT = Set.of("bloom", "refact", "jina-bert-v2");

  private DistanceBias() {}

  /// 0 if scores do not fall.
  static float read(ModelKeys keys, int blockCount) throws GgufException {
    String name = "attention.max_alibi_bias";
    return keys.has(name) ? keys.bound(name) : usual(keys.architecture(), blockCount);
  }

  /// The larger of the two Baichuans has it, the smaller one rotates, and files tell them apart by
  /// their layers alone.
  private static float usual(String architecture, int blockCount) {
    boolean isLargerBaichuan = architecture.equals("baichuan") && blockCount == 40;
    return isLargerBaichuan || SILENT.contains(architecture) ? USUAL : 0;
  }
}
