package org.jgml.models.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// GBNF of numbers between bounds.
final class NumberRules {
  private static final String FRACTION = " (\".\" [0-9]{1,16})?";
  private static final String ZERO_FRACTION = " (\".\" \"0\"{1,16})?";
  private static final String POSITIVE_FRACTION = " \".\" [0-9]{0,15} [1-9] \"0\"{0,15}";

  /// A bound; exclusive if the number itself is out.
  private record Bound(BigDecimal value, boolean isExclusive) {
    Bound negated() {
      return new Bound(value.negate(), isExclusive);
    }
  }

  private final Schema schema;
  private final Optional<Bound> least;
  private final Optional<Bound> most;

  private NumberRules(Schema schema) {
    this.schema = schema;
    least = bound("minimum", "exclusiveMinimum", 1);
    most = bound("maximum", "exclusiveMaximum", -1);
    if (least.isPresent() && most.isPresent()) {
      requireOrder(least.get(), most.get());
    }
  }

  private void requireOrder(Bound low, Bound high) {
    int order = low.value().compareTo(high.value());
    if (order > 0 || order == 0 && (low.isExclusive() || high.isExclusive())) {
      throw schema.error("no number lies between %s and %s".formatted(low.value(), high.value()));
    }
  }

  /// The stricter of both kinds of bound: the larger if `sign` is positive.
  private Optional<Bound> bound(String inclusive, String exclusive, int sign) {
    if (schema.keywords().get(exclusive) instanceof Boolean) {
      throw schema.inexpressible(exclusive + " as a boolean: give the number");
    }
    Optional<Bound> open = schema.number(exclusive).map(value -> new Bound(value, true));
    Optional<Bound> closed = schema.number(inclusive).map(value -> new Bound(value, false));
    if (open.isEmpty() || closed.isEmpty()) {
      return open.or(() -> closed);
    }
    int order = open.get().value().compareTo(closed.get().value()) * sign;
    return order >= 0 ? open : closed;
  }

  static String integer(Schema schema) {
    NumberRules rules = new NumberRules(schema);
    if (rules.least.isEmpty() && rules.most.isEmpty()) {
      return "integer";
    }
    return rules.integers();
  }

  static String number(Schema schema) {
    NumberRules rules = new NumberRules(schema);
    if (rules.least.isEmpty() && rules.most.isEmpty()) {
      return "number";
    }
    return rules.numbers();
  }

  private String integers() {
    Optional<BigInteger> low = least.map(NumberRules::ceiling);
    Optional<BigInteger> high = most.map(bound -> ceiling(bound.negated())).map(BigInteger::negate);
    List<String> alternatives = new ArrayList<>();
    if (low.isEmpty() || low.get().signum() < 0) {
      BigInteger nearest = high.map(BigInteger::negate).orElse(BigInteger.ONE).max(BigInteger.ONE);
      addIntegers("\"-\" ", nearest, low.map(BigInteger::negate), alternatives);
    }
    if (high.isEmpty() || high.get().signum() >= 0) {
      addIntegers("", low.orElse(BigInteger.ZERO).max(BigInteger.ZERO), high, alternatives);
    }
    if (alternatives.isEmpty()) {
      throw schema.error("no integer lies between the bounds");
    }
    return "(" + String.join(" | ", alternatives) + ")";
  }

  /// The smallest integer that the bound allows.
  private static BigInteger ceiling(Bound bound) {
    BigInteger rounded = bound.value().setScale(0, RoundingMode.CEILING).toBigInteger();
    boolean isOut = bound.isExclusive() && new BigDecimal(rounded).compareTo(bound.value()) == 0;
    return isOut ? rounded.add(BigInteger.ONE) : rounded;
  }

  private static void addIntegers(
      String sign, BigInteger low, Optional<BigInteger> high, List<String> alternatives) {
    if (high.isEmpty()) {
      alternatives.add(sign + IntegerRange.from(low));
    } else if (low.compareTo(high.get()) <= 0) {
      alternatives.add(sign + IntegerRange.of(low, high.get()));
    }
  }

  private String numbers() {
    List<String> alternatives = new ArrayList<>();
    Bound zero = new Bound(BigDecimal.ZERO, false);
    if (least.isEmpty() || least.get().value().signum() < 0) {
      Bound nearest = most.filter(bound -> bound.value().signum() <= 0).orElse(zero).negated();
      addNumbers("\"-\" ", nearest, least.map(Bound::negated), alternatives);
    }
    if (most.isEmpty() || most.get().value().signum() >= 0) {
      Bound nearest = least.filter(bound -> bound.value().signum() >= 0).orElse(zero);
      addNumbers("", nearest, most, alternatives);
    }
    if (alternatives.isEmpty()) {
      throw schema.error("no number lies between the bounds");
    }
    return "(" + String.join(" | ", alternatives) + ")";
  }

  private void addNumbers(String sign, Bound low, Optional<Bound> high, List<String> alternatives) {
    BigInteger first = whole(low);
    if (high.isEmpty()) {
      alternatives.add(sign + IntegerRange.from(first.add(BigInteger.ONE)) + FRACTION);
      alternatives.add(sign + atLeast(low));
      return;
    }
    BigInteger last = whole(high.get());
    if (first.compareTo(last) < 0) {
      alternatives.add(sign + atLeast(low));
      BigInteger next = first.add(BigInteger.ONE);
      BigInteger before = last.subtract(BigInteger.ONE);
      if (next.compareTo(before) <= 0) {
        alternatives.add(sign + IntegerRange.of(next, before) + FRACTION);
      }
    }
    boolean isAlone = first.equals(last) && low.isExclusive();
    if (!high.get().isExclusive() && !isAlone) {
      alternatives.add(sign + GbnfText.literal(last.toString()) + ZERO_FRACTION);
    }
  }

  /// A bound with what follows the point.
  private static String atLeast(Bound low) {
    String digits = GbnfText.literal(low.value().toBigInteger().toString());
    return digits + (low.isExclusive() ? POSITIVE_FRACTION : FRACTION);
  }

  private BigInteger whole(Bound bound) {
    try {
      return bound.value().toBigIntegerExact();
    } catch (ArithmeticException _) {
      throw schema.inexpressible("a bound of %s for numbers".formatted(bound.value()));
    }
  }
}
