package org.jgml.core.conformance;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.jgml.core.tensor.DataType;

/// What is special about the real numbers of a case.
public enum ValueClass {
  /// Nothing: the sample's own range.
  PLAIN {
    @Override
    double value(double plain, DataType type, SplittableRandom random) {
      return plain;
    }
  },

  /// All zeros, some of them negative: what becomes of 0/0 is decided.
  ZEROS {
    @Override
    double value(double plain, DataType type, SplittableRandom random) {
      return random.nextBoolean() ? 0.0 : -0.0;
    }
  },

  /// Some values are zeros, denormals, ones, or halfway between two integers.
  EDGES {
    @Override
    double value(double plain, DataType type, SplittableRandom random) {
      double sign = plain < 0 ? -1 : 1;
      return switch (random.nextInt(12)) {
        case 0 -> sign * 0.0;
        case 1 -> sign * denormal(type) * random.nextInt(1, 64);
        case 2 -> sign;
        case 3 -> sign * (random.nextInt(4) + 0.5);
        default -> plain;
      };
    }
  },

  /// A few values are NaN or infinite, and all of some rows.
  NON_FINITE {
    @Override
    DoubleUnaryOperator ofRow(DataType type, SplittableRandom random) {
      if (random.nextInt(8) > 0) {
        return super.ofRow(type, random);
      }
      double[] values = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
      double value = values[random.nextInt(values.length)];
      return _ -> value;
    }

    @Override
    double value(double plain, DataType type, SplittableRandom random) {
      return switch (random.nextInt(160)) {
        case 0 -> Double.NaN;
        case 1, 2 -> Double.POSITIVE_INFINITY;
        case 3, 4 -> Double.NEGATIVE_INFINITY;
        default -> plain;
      };
    }
  },

  /// Magnitudes whose squares are small, but no denormals.
  SMALL {
    @Override
    double value(double plain, DataType type, SplittableRandom random) {
      return plain * (type == DataType.F16 ? 0x1p-8 : 0x1p-50);
    }
  },

  /// Magnitudes whose squares can still be summed.
  LARGE {
    @Override
    double value(double plain, DataType type, SplittableRandom random) {
      return plain * (type == DataType.F16 ? 0x1p8 : 0x1p50);
    }
  };

  /// A value of this class in the place of a plain one.
  ///
  /// @param type the floating type that will hold it
  abstract double value(double plain, DataType type, SplittableRandom random);

  /// What gives the values of this class for one row.
  DoubleUnaryOperator ofRow(DataType type, SplittableRandom random) {
    return plain -> value(plain, type, random);
  }

  private static double denormal(DataType type) {
    return switch (type) {
      case F16 -> 0x1p-24;
      case BF16 -> 0x1p-133;
      default -> Float.MIN_VALUE;
    };
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The class that is written so.
  ///
  /// @throws IllegalArgumentException naming those there are
  static ValueClass named(String text) {
    return Arrays.stream(values())
        .filter(each -> each.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no values '%s'; there are %s".formatted(text, Arrays.toString(values()))));
  }
}
