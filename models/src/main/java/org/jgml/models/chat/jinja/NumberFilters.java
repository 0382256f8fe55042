package org.jgml.models.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Filters of numbers, and those that make numbers.
final class NumberFilters {
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][-+]?[0-9]++)?");

  private static final Pattern NAMED_FLOAT =
      Pattern.compile("([-+]?)(?:(inf|infinity)|nan)", Pattern.CASE_INSENSITIVE);

  private static final int MAX_PRECISION = 400;

  private NumberFilters() {}

  static void addTo(Map<String, Filter> table) {
    table.put("abs", Filter.plain("abs", NumberFilters::absolute));
    table.put("round", Filter.of("round", NumberFilters::round, "precision", "method"));
    table.put("int", Filter.of("int", NumberFilters::integer, "default", "base"));
    table.put("float", Filter.of("float", NumberFilters::real, "default"));
  }

  private static Value absolute(Value value) {
    return value instanceof FloatValue(double number)
        ? new FloatValue(Math.abs(number))
        : new IntegerValue(Numbers.integer(value).abs());
  }

  private static Value round(Value value, BoundArguments arguments) {
    int precision = arguments.integerOr("precision", 0);
    RoundingMode mode =
        switch (arguments.textOr("method", "common")) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new EvaluationException("method must be common, ceil or floor");
        };
    if (Math.abs(precision) > MAX_PRECISION) {
      throw new EvaluationException("the precision " + precision + " is too large");
    }
    return mode == RoundingMode.HALF_EVEN && Numbers.isInteger(value)
        ? new IntegerValue(
            new BigDecimal(Numbers.integer(value))
                .setScale(Math.min(0, precision), mode)
                .toBigInteger())
        : new FloatValue(rounded(Numbers.real(value), precision, mode));
  }

  private static double rounded(double number, int precision, RoundingMode mode) {
    if (!Double.isFinite(number)) {
      return number;
    }
    double rounded = new BigDecimal(number).setScale(precision, mode).doubleValue();
    return rounded == 0 ? Math.copySign(0.0, number) : rounded;
  }

  private static Value integer(Value value, BoundArguments arguments) {
    Value otherwise = arguments.valueOr("default", IntegerValue.of(0));
    int base = arguments.integerOr("base", 10);
    return switch (value) {
      case BooleanValue _, IntegerValue _ -> new IntegerValue(Numbers.integer(value));
      case FloatValue(double number) -> truncated(number).orElse(otherwise);
      case TextValue(String text, _) ->
          parseInteger(text, base)
              .or(() -> parseReal(text).flatMap(NumberFilters::truncated))
              .orElse(otherwise);
      case UndefinedValue undefined -> throw undefined.failure();
      default -> otherwise;
    };
  }

  private static Optional<Value> truncated(double number) {
    return Double.isFinite(number)
        ? Optional.of(new IntegerValue(new BigDecimal(number).toBigInteger()))
        : Optional.empty();
  }

  private static Optional<Value> parseInteger(String text, int base) {
    String digits = Texts.strip(text, null, true, true).replaceAll("(?<=\\w)_(?=\\w)", "");
    String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
    boolean prefixed = !prefix.isEmpty() && Texts.lower(digits).startsWith(prefix);
    boolean isTooLong = digits.length() > IntegerValue.MAX_BITS;
    if (base < Character.MIN_RADIX || base > Character.MAX_RADIX || isTooLong) {
      return Optional.empty();
    }
    try {
      String bare = prefixed ? digits.substring(prefix.length()) : digits;
      return Optional.of(new IntegerValue(new BigInteger(bare, base)));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Double> parseReal(String text) {
    String digits = Texts.strip(text, null, true, true);
    if (FLOAT.matcher(digits).matches()) {
      return Optional.of(Double.parseDouble(digits));
    }
    var named = NAMED_FLOAT.matcher(digits);
    if (!named.matches()) {
      return Optional.empty();
    }
    double magnitude = named.group(2) == null ? Double.NaN : Double.POSITIVE_INFINITY;
    return Optional.of(named.group(1).equals("-") ? -magnitude : magnitude);
  }

  private static Value real(Value value, BoundArguments arguments) {
    Value otherwise = arguments.valueOr("default", new FloatValue(0));
    return switch (value) {
      case BooleanValue _, IntegerValue _, FloatValue _ -> new FloatValue(Numbers.real(value));
      case TextValue(String text, _) -> {
        Optional<Double> parsed = parseReal(text);
        yield parsed.isPresent() ? new FloatValue(parsed.orElseThrow()) : otherwise;
      }
      case UndefinedValue undefined -> throw undefined.failure();
      default -> otherwise;
    };
  }
}
