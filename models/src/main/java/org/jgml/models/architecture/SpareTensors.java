package org.jgml.models.architecture;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;

/// Which tensors a file may have though no graph reads them. Any other means that the model
/// computes something that its builder does not know.
///
/// @param model the numbers of the model
/// @param allLayers those of the file, of which the last may take part in training only
record SpareTensors(Hyperparameters model, int allLayers) {
  private static final Pattern OF_LAYER = Pattern.compile("blk\\.(\\d{1,9})\\.(.*)");

  /// What layers have that attend to keys of earlier ones: checkpoints hold it, nobody computes it.
  private static final Set<String> OF_OWN_KEYS =
      Set.of("attn_k.weight", "attn_v.weight", "attn_k_norm.weight");

  /// Heads of encoders that sort texts, beside the vectors.
  private static final String CLASSIFIER = "cls.";

  static SpareTensors of(GgufFile file, Hyperparameters model) throws GgufException {
    return new SpareTensors(model, ModelKeys.of(file.metadata()).required("block_count"));
  }

  /// Checks that nothing but such tensors is left over.
  ///
  /// @param read the names of those that graphs read
  /// @throws GgufException naming the first other
  void requireNoOthers(GgufFile file, Set<String> read) throws GgufException {
    List<GgufTensor> unknown =
        file.tensors().stream()
            .filter(tensor -> !read.contains(tensor.name()) && !mayHave(tensor.name()))
            .toList();
    if (!unknown.isEmpty()) {
      String problem =
          "expected only tensors that a model of architecture %s reads, found this one%s. The model"
              + " computes something that is not supported";
      String more = unknown.size() == 1 ? "" : " and %d more".formatted(unknown.size() - 1);
      throw unknown.getFirst().malformed(problem.formatted(model.architecture(), more));
    }
  }

  private boolean mayHave(String name) {
    Matcher layer = OF_LAYER.matcher(name);
    return layer.matches()
        ? mayHave(Integer.parseInt(layer.group(1)), layer.group(2))
        : name.startsWith(CLASSIFIER);
  }

  private boolean mayHave(int layer, String name) {
    return layer >= model.blockCount()
        ? layer < allLayers
        : layer >= model.layers().withKeys() && OF_OWN_KEYS.contains(name);
  }
}
