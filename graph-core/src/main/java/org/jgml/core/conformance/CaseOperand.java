package org.jgml.core.conformance;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jgml.core.op.Fill;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// An operand of a case: its type, what it is filled with and how it lies in memory. Written
/// `F32[4,33]@padded_rows`, without the layout if it is dense.
public record CaseOperand(TensorType type, Fill fill, OperandLayout layout) {
  private static final String LAYOUT_MARK = "@";

  /// Element type and extents; [#parseLayout] reads what follows.
  private static final Pattern FORM =
      Pattern.compile("(\\w+)\\[((?:\\d{1,9}(?:,\\d{1,9})*)?)](?:@\\w+)?");

  String text() {
    String dims =
        Arrays.stream(type.shape().dims())
            .mapToObj(Long::toString)
            .collect(Collectors.joining(",", "[", "]"));
    String suffix = layout == OperandLayout.DENSE ? "" : LAYOUT_MARK + layout.text();
    return type.dataType() + dims + suffix;
  }

  /// The type of an operand that was written so.
  ///
  /// @throws IllegalArgumentException if it is none
  static TensorType parseType(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no operand such as F32[4,33]");
    }
    String extents = form.group(2);
    long[] dims =
        extents.isEmpty()
            ? new long[0]
            : Arrays.stream(extents.split(",")).mapToLong(Long::parseLong).toArray();
    return new TensorType(dataType(form.group(1)), Shape.of(dims));
  }

  private static DataType dataType(String name) {
    return Arrays.stream(DataType.values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no element type '%s'; there are %s"
                    .formatted(name, Arrays.toString(DataType.values()))));
  }

  /// The layout of an operand that was written so.
  ///
  /// @throws IllegalArgumentException if there is no such layout
  static OperandLayout parseLayout(String text) {
    int mark = text.indexOf(LAYOUT_MARK);
    return mark < 0 ? OperandLayout.DENSE : OperandLayout.named(text.substring(mark + 1));
  }
}
