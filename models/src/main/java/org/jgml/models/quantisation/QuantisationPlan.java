package org.jgml.models.quantisation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jgml.core.format.Format;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.GgufType;

/// Which type each tensor of a file gets, in the order of the file.
public record QuantisationPlan(List<Conversion> conversions) {
  public QuantisationPlan {
    conversions = List.copyOf(conversions);
  }

  /// Decides for all tensors.
  ///
  /// @throws GgufException if a tensor cannot be converted to the type it would get
  public static QuantisationPlan of(GgufFile file, QuantisationOptions options)
      throws GgufException {
    Map<String, Conversion> byName = new HashMap<>();
    List<GgufTensor> inOrderOfLayers = new ArrayList<>(file.tensors());
    inOrderOfLayers.sort(
        Comparator.comparingInt((GgufTensor tensor) -> MixRules.layerOf(tensor.name()))
            .thenComparing(GgufTensor::name));
    Chooser chooser = new Chooser(options, ModelFacts.of(file));
    for (GgufTensor tensor : inOrderOfLayers) {
      byName.put(tensor.name(), chooser.conversion(tensor));
    }
    return new QuantisationPlan(
        file.tensors().stream().map(tensor -> byName.get(tensor.name())).toList());
  }

  /// Bytes of all tensors in their new types.
  public long bytes() {
    return conversions.stream().mapToLong(Conversion::bytes).sum();
  }

  /// Applies the options to one tensor after the other.
  private static final class Chooser {
    private final QuantisationOptions options;
    private final Optional<MixRules> rules;

    Chooser(QuantisationOptions options, ModelFacts model) {
      this.options = options;
      this.rules = options.fileType().map(fileType -> new MixRules(fileType, model));
    }

    Conversion conversion(GgufTensor tensor) throws GgufException {
      if (rules.isEmpty() || keepsItsType(tensor)) {
        return new Conversion(tensor, tensor.type(), Optional.empty());
      }
      GgufType wanted = wanted(tensor);
      GgufType fitting = FallbackTypes.fitting(wanted, tensor.shape().rowLength());
      Optional<String> remark =
          fitting == wanted
              ? Optional.empty()
              : Optional.of(
                  "rows of %d are no whole number of blocks of %d of %s: %s instead"
                      .formatted(
                          tensor.shape().rowLength(), wanted.blockElements(), wanted, fitting));
      Conversion conversion = new Conversion(tensor, fitting, remark);
      requirePossible(conversion);
      return conversion;
    }

    private boolean keepsItsType(GgufTensor tensor) {
      return dimensions(tensor) < 2
          || TensorRole.keepsItsType(tensor.name())
          || options.keepsOutput() && TensorRole.of(tensor.name()) == TensorRole.OUTPUT;
    }

    /// Axes, without those of extent 1 at the outside.
    private static int dimensions(GgufTensor tensor) {
      int axis = 0;
      while (axis < tensor.shape().rank() && tensor.shape().dim(axis) == 1) {
        axis++;
      }
      return tensor.shape().rank() - axis;
    }

    private GgufType wanted(GgufTensor tensor) {
      GgufType byMix = options.fileType().orElseThrow().type();
      TensorRole role = TensorRole.of(tensor.name());
      if (role == TensorRole.TOKEN_EMBEDDING && options.tokenEmbedding().isPresent()) {
        return options.tokenEmbedding().orElseThrow();
      }
      if (role == TensorRole.OUTPUT && options.output().isPresent()) {
        return options.output().orElseThrow();
      }
      if (byMix.blockElements() == 1) {
        return byMix;
      }
      for (Map.Entry<Pattern, GgufType> entry : options.byName().entrySet()) {
        if (entry.getKey().matcher(tensor.name()).find()) {
          return entry.getValue();
        }
      }
      return options.isPure() ? byMix : byRules(tensor, role);
    }

    private GgufType byRules(GgufTensor tensor, TensorRole role) {
      GgufType type = rules.orElseThrow().type(tensor);
      boolean isOutput = role == TensorRole.TOKEN_EMBEDDING && options.output().isPresent();
      return isOutput && rules.orElseThrow().isTied() ? options.output().orElseThrow() : type;
    }

    private void requirePossible(Conversion conversion) throws GgufException {
      GgufTensor tensor = conversion.tensor();
      if (conversion.isCopy()) {
        return;
      }
      boolean isQuantised = tensor.type().blockElements() > 1;
      if (isQuantised && !options.allowsRequantising()) {
        String problem =
            "is %s already, and quantising to %s what is quantised loses more than quantising the"
                + " original. Fix: use a file of F16, BF16 or F32, or --allow-requantize";
        throw tensor.malformed(problem.formatted(tensor.type(), conversion.type()));
      }
      if (tensor.tensorType().dataType().isInteger()) {
        throw tensor.malformed("expected real numbers, found " + tensor.type());
      }
      if (!canWrite(conversion.type())) {
        String problem =
            "cannot be quantised to %s without an importance matrix, which is not supported."
                + " Fix: IQ2_M, IQ3_XXS or Q2_K";
        throw tensor.malformed(problem.formatted(conversion.type()));
      }
    }

    private static boolean canWrite(GgufType type) {
      return type.dataType()
          .filter(dataType -> !dataType.isInteger() && Format.of(dataType).canQuantise())
          .isPresent();
    }
  }
}
