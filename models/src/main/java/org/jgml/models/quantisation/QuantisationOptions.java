package org.jgml.models.quantisation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jgml.models.gguf.GgufType;

/// How a model is quantised.
///
/// @param fileType the mix; empty to copy tensors as they are
/// @param output the type of the output matrix, instead of what the mix says
/// @param tokenEmbedding the type of the token embedding, instead of what the mix says
/// @param byName types for tensors in whose name the pattern is found; the first that is counts
/// @param keepsOutput whether the output matrix keeps its type
/// @param isPure whether all tensors get the type of the mix
/// @param allowsRequantising whether tensors may be converted that were quantised before
public record QuantisationOptions(
    Optional<FileType> fileType,
    Optional<GgufType> output,
    Optional<GgufType> tokenEmbedding,
    Map<Pattern, GgufType> byName,
    boolean keepsOutput,
    boolean isPure,
    boolean allowsRequantising) {
  public QuantisationOptions {
    byName = new LinkedHashMap<>(byName);
  }

  /// The mix as it is.
  public static QuantisationOptions of(FileType fileType) {
    return new QuantisationOptions(
        Optional.of(fileType), Optional.empty(), Optional.empty(), Map.of(), false, false, false);
  }
}
