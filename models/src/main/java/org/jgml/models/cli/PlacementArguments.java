package org.jgml.models.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
import org.jgml.models.PlacementOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Options on which part of a model goes to which device.
final class PlacementArguments {
  @Option(
      names = {"-ngl", "--gpu-layers", "--n-gpu-layers"},
      paramLabel = "N",
      description =
          "Layers that do not run on the CPU: the last N, of which the output is one (default: as"
              + " many as the memory of the devices holds).")
  private Integer gpuLayers;

  @Option(
      names = {"-ot", "--tensor-override", "--override-tensor"},
      paramLabel = "REGEX=DEVICE",
      split = ",",
      converter = Rule.class,
      description = "Devices of the weights whose names match, whatever -ngl says.")
  private List<PlacementOptions.Override> overrides = new ArrayList<>();

  @Option(
      names = "--fallback",
      paramLabel = "POLICY",
      defaultValue = "warn",
      description =
          "What to do with ops that a device has no kernel for: allow, to run them on another;"
              + " warn, to say so, too (default); fail.")
  private Fallback fallback;

  @Option(
      names = "--offload-rows",
      paramLabel = "N",
      description =
          "Batches of at least N tokens are computed on the first device even where the weights lie"
              + " on the CPU, by copying these (default: never).")
  private int offloadRows;

  /// Reads `REGEX=DEVICE`; the device is what comes after the last `=`.
  static final class Rule implements ITypeConverter<PlacementOptions.Override> {
    @Override
    public PlacementOptions.Override convert(String text) {
      int end = text.lastIndexOf('=');
      if (end < 1 || end == text.length() - 1) {
        throw new TypeConversionException("'%s' is not REGEX=DEVICE".formatted(text));
      }
      try {
        Pattern weights = Pattern.compile(text.substring(0, end));
        return new PlacementOptions.Override(weights, text.substring(end + 1));
      } catch (PatternSyntaxException e) {
        throw new TypeConversionException(
            "'%s' is no regular expression: %s".formatted(text, e.getDescription()));
      }
    }
  }

  PlacementOptions options() {
    if (gpuLayers != null) {
      UsageException.requireAtLeast(0, "-ngl", gpuLayers);
    }
    UsageException.requireAtLeast(0, "--offload-rows", offloadRows);
    OptionalInt layers = gpuLayers == null ? OptionalInt.empty() : OptionalInt.of(gpuLayers);
    return new PlacementOptions(layers, overrides, fallback, offloadRows);
  }
}
