package org.jgml.models.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jgml.models.gguf.GgufType;
import org.jgml.models.quantisation.FileType;
import org.jgml.models.quantisation.QuantisationOptions;
import picocli.CommandLine.Option;

/// Options that say which tensors get which type.
final class QuantizeTypeOptions {
  private static final String COPY = "COPY";

  @Option(
      names = "--allow-requantize",
      description = "Convert tensors, too, that were quantised before; costs quality.")
  private boolean allowsRequantising;

  @Option(names = "--leave-output-tensor", description = "Keep the type of the output matrix.")
  private boolean keepsOutput;

  @Option(names = "--pure", description = "Give all tensors the same type, without rules.")
  private boolean isPure;

  @Option(
      names = "--output-tensor-type",
      paramLabel = "TYPE",
      description = "The type of the output matrix.")
  private String output;

  @Option(
      names = "--token-embedding-type",
      paramLabel = "TYPE",
      description = "The type of the token embedding.")
  private String tokenEmbedding;

  @Option(
      names = "--tensor-type",
      paramLabel = "REGEX=TYPE",
      description = "The type of tensors in whose name REGEX is found; the first that is counts.")
  private List<String> byName = List.of();

  /// @param type what the user named as target
  QuantisationOptions options(String type) {
    return new QuantisationOptions(
        fileType(type),
        Optional.ofNullable(output).map(QuantizeTypeOptions::tensorType),
        Optional.ofNullable(tokenEmbedding).map(QuantizeTypeOptions::tensorType),
        patterns(),
        keepsOutput,
        isPure,
        allowsRequantising);
  }

  private static Optional<FileType> fileType(String name) {
    if (name.equalsIgnoreCase(COPY)) {
      return Optional.empty();
    }
    String problem =
        "'%s' is no type to quantise to. Fix: one of those that jgml quantize --help lists";
    return Optional.of(
        FileType.of(name).orElseThrow(() -> new UsageException(problem.formatted(name))));
  }

  /// What a user should know of a mix.
  Optional<String> remark(String type) {
    return fileType(type)
        .filter(fileType ->
            switch (fileType) {
              case IQ2_M, IQ3_XXS, Q2_K_S -> true;
              default -> false;
            })
        .map(fileType ->
            "%s without an importance matrix: expect a loss of quality. Q3_K_M loses less"
                .formatted(fileType));
  }

  private Map<Pattern, GgufType> patterns() {
    Map<Pattern, GgufType> patterns = new LinkedHashMap<>();
    for (String option : byName) {
      int end = option.lastIndexOf('=');
      if (end < 1) {
        throw new UsageException("'" + option + "' is not of the form REGEX=TYPE");
      }
      patterns.put(pattern(option.substring(0, end)), tensorType(option.substring(end + 1)));
    }
    return patterns;
  }

  private static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new UsageException("'" + text + "' is no regular expression: " + e.getDescription());
    }
  }

  private static GgufType tensorType(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    return Arrays.stream(GgufType.values())
        .filter(type -> type.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new UsageException("'" + name + "' is no type of a tensor"));
  }
}
