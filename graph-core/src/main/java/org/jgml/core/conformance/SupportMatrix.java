package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jgml.core.backend.Device;
import org.jgml.core.op.Op;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.op.Operands;
import org.jgml.core.op.Sample;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Which devices run which op with which element types, and how exactly: derived from the specs and
/// the devices' own verdicts.
public final class SupportMatrix {
  private static final CaseGenerator SAMPLES = CaseGenerator.samplesOnly(0);

  private final List<Device> devices;

  public SupportMatrix(List<Device> devices) {
    this.devices = List.copyOf(devices);
  }

  /// One line an op, as a table in Markdown.
  public String markdown() {
    String names = devices.stream().map(Device::name).collect(Collectors.joining(" | "));
    return """
    | op | operands and their types | result | n | tolerance | %s |
    |---|---|---|---|---|%s
    %s
    """
        .formatted(
            names,
            "---|".repeat(devices.size()),
            OpTable.compute().stream().map(this::row).collect(Collectors.joining("\n")));
  }

  private String row(OpSpec spec) {
    Set<DataType> results = EnumSet.noneOf(DataType.class);
    Map<String, Set<DataType>> operands = new LinkedHashMap<>();
    long longest = 1;
    for (Sample sample : spec.samples()) {
      Op.Compute op = (Op.Compute) sample.op();
      for (List<TensorType> types : everyType(sample)) {
        Operands inferred = new Operands(op, "result", types);
        TensorType result = op.infer(inferred);
        results.add(result.dataType());
        longest = Math.max(longest, op.reductionLength(inferred, result));
        for (int i = 0; i < types.size(); i++) {
          operands
              .computeIfAbsent(op.operandNames().get(i), _ -> EnumSet.noneOf(DataType.class))
              .add(types.get(i).dataType());
        }
      }
    }
    String listed =
        operands.entrySet().stream()
            .map(operand -> "%s: %s".formatted(operand.getKey(), names(operand.getValue())))
            .collect(Collectors.joining("<br>"));
    return "| `%s` | %s | %s | %d | %s | %s |"
        .formatted(
            spec.name(),
            listed,
            names(results),
            longest,
            tolerance(results, longest),
            verdicts(spec));
  }

  private static List<List<TensorType>> everyType(Sample sample) {
    List<List<TensorType>> all = new ArrayList<>(new TypeVariants(sample).dataTypes());
    all.add(sample.operands().stream().map(Sample.Operand::type).toList());
    return all;
  }

  private static String names(Set<DataType> types) {
    return types.stream().map(DataType::name).collect(Collectors.joining(" "));
  }

  private static String tolerance(Set<DataType> results, long n) {
    boolean isReal = results.stream().anyMatch(DataType::isFloating);
    return isReal ? String.format(Locale.ROOT, "%.1e", Tolerance.relative(n)) : "equal";
  }

  private String verdicts(OpSpec spec) {
    List<ConformanceCase> cases = SAMPLES.cases(spec);
    return devices.stream()
        .map(device -> verdict(device, cases))
        .collect(Collectors.joining(" | "));
  }

  private static String verdict(Device device, List<ConformanceCase> cases) {
    long supported =
        cases.stream().filter(each -> device.supports(each.node()).supported()).count();
    return supported == cases.size()
        ? "yes"
        : supported == 0 ? "no" : "%d of %d samples".formatted(supported, cases.size());
  }
}
