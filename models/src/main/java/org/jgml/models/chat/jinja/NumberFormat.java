package org.jgml.models.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// One value as a Python format directive writes it, before it is padded.
///
/// @param flags characters out of `+`, space and `,`
/// @param precision the digits after the point or of a text at most; -1 for the usual
/// @param type the conversion: `s r d i u x X o f F e E g G %`
record NumberFormat(String flags, int precision, char type) {
  private static final int USUAL_PRECISION = 6;

  String text(Value value) {
    String text = type == 'r' ? Printing.repr(value) : Printing.str(value);
    return precision < 0 ? text : CodePoints.part(text, 0, precision);
  }

  /// @throws EvaluationException if the value is no number
  String number(Value value) {
    if (!Numbers.isNumber(value)) {
      throw new EvaluationException(
          "the format '" + type + "' needs a number, not '" + value.typeName() + "'");
    }
    String digits =
        switch (type) {
          case 'd', 'i', 'u' -> integer(value).toString();
          case 'x' -> integer(value).toString(16);
          case 'X' -> Texts.upper(integer(value).toString(16));
          case 'o' -> integer(value).toString(8);
          case '%' -> fixed(Numbers.real(value) * 100) + "%";
          case 'f', 'F' -> fixed(Numbers.real(value));
          default -> scientific(Numbers.real(value));
        };
    return digits.startsWith("-") ? "-" + grouped(digits.substring(1)) : plus() + grouped(digits);
  }

  private String plus() {
    return flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
  }

  private static BigInteger integer(Value value) {
    if (value instanceof FloatValue(double number)) {
      checkFinite(number);
      return new BigDecimal(number).toBigInteger();
    }
    return Numbers.integer(value);
  }

  private static void checkFinite(double number) {
    if (!Double.isFinite(number)) {
      throw new EvaluationException("cannot convert float " + Printing.real(number));
    }
  }

  private String fixed(double number) {
    if (!Double.isFinite(number)) {
      return Printing.real(number);
    }
    BigDecimal rounded = new BigDecimal(number).setScale(usualPrecision(), RoundingMode.HALF_EVEN);
    boolean losesSign = Math.copySign(1, number) < 0 && rounded.signum() == 0;
    return (losesSign ? "-" : "") + rounded.toPlainString();
  }

  private int usualPrecision() {
    return precision < 0 ? USUAL_PRECISION : precision;
  }

  private String scientific(double number) {
    if (!Double.isFinite(number)) {
      return Printing.real(number);
    }
    if (Character.toLowerCase(type) == 'g') {
      return general(number);
    }
    return String.format(Locale.ROOT, "%." + usualPrecision() + type, number);
  }

  private String general(double number) {
    int digits = Math.max(1, usualPrecision());
    BigDecimal rounded = new BigDecimal(number).round(new MathContext(digits));
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (number != 0 && (exponent < -4 || exponent >= digits)) {
      String text = String.format(Locale.ROOT, "%." + (digits - 1) + "e", number);
      return text.replaceFirst("\\.?0*e", "e");
    }
    return number == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /// With commas between thousands if the flags say so.
  private String grouped(String digits) {
    int point = digits.indexOf('.');
    int end = point < 0 ? digits.length() : point;
    return flags.contains(",")
        ? digits.substring(0, end).replaceAll("\\B(?=(\\d{3})+$)", ",") + digits.substring(end)
        : digits;
  }
}
