package org.jgml.models.cli;

import java.util.List;
import java.util.Locale;
import org.jgml.core.tensor.DataType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the element type of cached keys and values.
final class CacheType implements ITypeConverter<DataType> {
  private static final List<DataType> TYPES =
      List.of(DataType.F32, DataType.F16, DataType.Q8_0, DataType.Q4_0);

  @Override
  public DataType convert(String text) {
    return TYPES.stream()
        .filter(type -> type.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'%s' is not one of %s"
                    .formatted(text, TYPES.toString().toLowerCase(Locale.ROOT))));
  }
}
