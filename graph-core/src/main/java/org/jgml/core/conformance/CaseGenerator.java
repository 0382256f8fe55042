package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jgml.core.op.Fill;
import org.jgml.core.op.Op;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.op.Sample;
import org.jgml.core.tensor.TensorType;

/// Derives cases from the samples of op specs: each sample in every layout and with every class of
/// values, with other element types, with extents that break tails, and all of that mixed at
/// random. The same seed gives the same cases.
public final class CaseGenerator {
  private final long seed;
  private final int sizes;
  private final int mixtures;

  private CaseGenerator(long seed, int sizes, int mixtures) {
    this.seed = seed;
    this.sizes = sizes;
    this.mixtures = mixtures;
  }

  /// What a build can afford: some ten thousand cases.
  public static CaseGenerator standard(long seed) {
    return new CaseGenerator(seed, 8, 8);
  }

  /// What a release should pass: nearly twice as many.
  public static CaseGenerator full(long seed) {
    return new CaseGenerator(seed, 24, 24);
  }

  /// Each sample once, dense: for a first look.
  public static CaseGenerator samplesOnly(long seed) {
    return new CaseGenerator(seed, 0, 0);
  }

  /// The cases of every op that a device runs.
  public List<ConformanceCase> all() {
    return OpTable.compute().parallelStream().flatMap(spec -> cases(spec).stream()).toList();
  }

  /// The cases of one op.
  public List<ConformanceCase> cases(OpSpec spec) {
    Map<String, ConformanceCase> cases = new LinkedHashMap<>();
    for (Sample sample : spec.samples()) {
      new OfSample(sample, cases).add();
    }
    return List.copyOf(cases.values());
  }

  /// Adds the cases of one sample.
  private final class OfSample {
    private final Sample sample;
    private final TypeVariants variants;
    private final List<TensorType> types;
    private final Random random;
    private final Map<String, ConformanceCase> cases;

    OfSample(Sample sample, Map<String, ConformanceCase> cases) {
      this.sample = sample;
      this.cases = cases;
      this.types = sample.operands().stream().map(Sample.Operand::type).toList();
      this.variants = new TypeVariants(sample);
      this.random = new Random(seed ^ (sample.op().name() + sample.label()).hashCode());
    }

    void add() {
      add(types, _ -> OperandLayout.DENSE, ValueClass.PLAIN);
      if (sizes == 0) {
        return;
      }
      for (OperandLayout layout : OperandLayout.values()) {
        add(types, _ -> layout, ValueClass.PLAIN);
      }
      for (ValueClass values : ValueClass.values()) {
        add(types, _ -> OperandLayout.DENSE, values);
      }
      List<List<TensorType>> typed = variants.dataTypes();
      typed.forEach(variant -> add(variant, _ -> OperandLayout.DENSE, ValueClass.PLAIN));
      List<List<TensorType>> sized = new ArrayList<>(variants.sizes(types));
      Collections.shuffle(sized, random);
      sized.stream()
          .limit(sizes)
          .forEach(variant -> add(variant, _ -> OperandLayout.DENSE, ValueClass.PLAIN));
      for (int i = 0; i < mixtures; i++) {
        addMixture(typed);
      }
    }

    private void addMixture(List<List<TensorType>> typed) {
      List<TensorType> chosen =
          typed.isEmpty() || random.nextBoolean() ? types : typed.get(random.nextInt(typed.size()));
      List<List<TensorType>> sized = variants.sizes(chosen);
      if (!sized.isEmpty() && random.nextInt(4) > 0) {
        chosen = sized.get(random.nextInt(sized.size()));
      }
      OperandLayout[] layouts = OperandLayout.values();
      ValueClass[] values = ValueClass.values();
      boolean isPlain = random.nextInt(3) > 0;
      int special = isPlain ? 0 : random.nextInt(values.length);
      add(chosen, _ -> layouts[random.nextInt(layouts.length)], values[special]);
    }

    private void add(
        List<TensorType> chosen,
        java.util.function.IntFunction<OperandLayout> layout,
        ValueClass values) {
      Optional<List<Fill>> fills = ResizedFills.of(sample, chosen);
      Op.Compute op = (Op.Compute) sample.op();
      if (fills.isEmpty() || values == ValueClass.NON_FINITE && !op.admitsNonFinite()) {
        return;
      }
      if (values != ValueClass.PLAIN && !op.admitsAnyValues()) {
        return;
      }
      List<CaseOperand> operands = new ArrayList<>();
      for (int i = 0; i < chosen.size(); i++) {
        OperandLayout wished = layout.apply(i);
        boolean isWritten = i == 0 && op.overwritesFirstOperand();
        boolean applies =
            wished.applies(chosen.get(i))
                && (wished.isWritable() || !isWritten)
                && !makesOneNumber(wished, chosen.get(i), operands);
        operands.add(
            new CaseOperand(
                chosen.get(i), fills.orElseThrow().get(i), applies ? wished : OperandLayout.DENSE));
      }
      // Large numbers that are equal tie, and a rounding decides between them.
      boolean ties =
          values == ValueClass.LARGE
              && operands.stream().anyMatch(each -> each.layout() == OperandLayout.BROADCAST);
      boolean isSpecial =
          !ties && operands.stream().anyMatch(each -> OperandValues.takes(each, values));
      put(new ConformanceCase(sample, operands, isSpecial ? values : ValueClass.PLAIN, 0));
    }

    /// Equal rows of blocks under equal activations give one number everywhere. If it is near zero,
    /// no other element shows how large the terms behind it are.
    private static boolean makesOneNumber(
        OperandLayout wished, TensorType type, List<CaseOperand> before) {
      return wished == OperandLayout.BROADCAST
          && type.dataType().isQuantised()
          && before.stream().anyMatch(each -> each.layout() == OperandLayout.BROADCAST);
    }

    /// Adds a case under a seed of its own, unless it is there.
    private void put(ConformanceCase unseeded) {
      String name = unseeded.name();
      long own = (seed * 31 + name.hashCode()) & Integer.MAX_VALUE;
      ConformanceCase seeded =
          new ConformanceCase(sample, unseeded.operands(), unseeded.values(), own);
      cases.putIfAbsent(seeded.name(), seeded);
    }
  }
}
