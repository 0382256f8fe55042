package org.jgml.models.grammar;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// GBNF of the whole numbers from `least` to `most`, none of them negative, without leading zeros.
final class IntegerRange {
  /// How long numbers without a limit may get.
  private static final int MOST_DIGITS = 16;

  private IntegerRange() {}

  /// All from a number on.
  static String from(BigInteger least) {
    int digits = Math.max(MOST_DIGITS, least.toString().length());
    return of(least, BigInteger.TEN.pow(digits).subtract(BigInteger.ONE));
  }

  static String of(BigInteger least, BigInteger most) {
    List<String> alternatives = new ArrayList<>();
    String first = least.toString();
    String last = most.toString();
    for (int length = first.length(); length <= last.length(); length++) {
      String low = length == first.length() ? first : "1" + "0".repeat(length - 1);
      String high = length == last.length() ? last : "9".repeat(length);
      alternatives.add(sameLength(low, high));
    }
    return "(" + String.join(" | ", alternatives) + ")";
  }

  private static String sameLength(String low, String high) {
    if (low.isEmpty()) {
      return "\"\"";
    }
    int rest = low.length() - 1;
    String zeros = "0".repeat(rest);
    String nines = "9".repeat(rest);
    char from = low.charAt(0);
    char to = high.charAt(0);
    if (from == to) {
      return digits(from, to) + then(low.substring(1), high.substring(1));
    }
    List<String> alternatives = new ArrayList<>();
    if (!low.substring(1).equals(zeros)) {
      alternatives.add(digits(from, from) + then(low.substring(1), nines));
      from++;
    }
    boolean cutsLast = !high.substring(1).equals(nines);
    char lastWhole = cutsLast ? (char) (to - 1) : to;
    if (from <= lastWhole) {
      alternatives.add(digits(from, lastWhole) + then(zeros, nines));
    }
    if (cutsLast) {
      alternatives.add(digits(to, to) + then(zeros, high.substring(1)));
    }
    return "(" + String.join(" | ", alternatives) + ")";
  }

  private static String then(String low, String high) {
    if (low.isEmpty()) {
      return "";
    }
    boolean isAny = low.equals("0".repeat(low.length())) && high.equals("9".repeat(low.length()));
    return " " + (isAny ? "[0-9]{" + low.length() + "}" : sameLength(low, high));
  }

  private static String digits(char from, char to) {
    return from == to ? "\"" + from + "\"" : "[" + from + "-" + to + "]";
  }
}
