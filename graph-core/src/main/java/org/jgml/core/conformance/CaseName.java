package org.jgml.core.conformance;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jgml.core.op.Op;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.op.Sample;
import org.jgml.core.tensor.TensorType;

/// The names of cases: `softmax "masked" x=F32[4,33] mask=F32[33]@broadcast values=plain seed=7
/// {scale=0.25, …}`.
final class CaseName {
  private static final Pattern FORM =
      Pattern.compile(
          "(\\S+) \"([^\"]*)\" ((?:\\S+=\\S+ )*)values=(\\S+) seed=(\\d{1,18})(?: \\{(.*)\\})?");

  private CaseName() {}

  static String of(ConformanceCase given) {
    String parameters = parameters(given.op());
    return "%s values=%s seed=%d%s"
        .formatted(
            withoutSeed(given),
            given.values().text(),
            given.seed(),
            parameters.isEmpty() ? "" : " {" + parameters + "}");
  }

  /// Op, sample and operands.
  private static String withoutSeed(ConformanceCase given) {
    String operands = given.operandText();
    String use = "%s \"%s\"".formatted(given.op().name(), given.sample().label());
    return operands.isEmpty() ? use : use + " " + operands;
  }

  /// The parameters that can be written; an op may hold a function, which cannot.
  private static String parameters(Op op) {
    return Arrays.stream(op.getClass().getRecordComponents())
        .map(component -> parameter(op, component))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(", "));
  }

  private static Optional<String> parameter(Op op, RecordComponent component) {
    try {
      Object value = component.getAccessor().invoke(op);
      boolean isWritten = value != null && !value.getClass().isHidden();
      return isWritten ? Optional.of(component.getName() + "=" + value) : Optional.empty();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(op + " does not show its " + component, e);
    }
  }

  static ConformanceCase parse(String name) {
    Matcher form = FORM.matcher(name.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name of a case. Fix: quote one as `jgml check` prints it.".formatted(name));
    }
    Sample sample = sample(form.group(1), form.group(2));
    requireParameters(sample, form.group(6));
    List<String> operands = operands(sample, form.group(3).strip());
    List<TensorType> types = operands.stream().map(CaseOperand::parseType).toList();
    List<org.jgml.core.op.Fill> fills =
        ResizedFills.of(sample, types)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "indices of '%s' do not fit these extents".formatted(name)));
    List<CaseOperand> made = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      OperandLayout layout = CaseOperand.parseLayout(operands.get(i));
      if (!layout.applies(types.get(i))) {
        throw new IllegalArgumentException(
            "'%s' cannot lie as %s".formatted(operands.get(i), layout.text()));
      }
      made.add(new CaseOperand(types.get(i), fills.get(i), layout));
    }
    ConformanceCase parsed =
        new ConformanceCase(
            sample, made, ValueClass.named(form.group(4)), Long.parseLong(form.group(5)));
    // Refuses operands that the op does not take.
    parsed.node();
    return parsed;
  }

  private static Sample sample(String op, String label) {
    OpSpec spec =
        OpTable.compute().stream()
            .filter(each -> each.name().equals(op))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("there is no op '" + op + "'"));
    return spec.samples().stream()
        .filter(sample -> sample.label().equals(label))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("%s has no sample '%s'".formatted(op, label)));
  }

  private static void requireParameters(Sample sample, String written) {
    String present = parameters(sample.op());
    if (written != null && !written.equals(present)) {
      throw new IllegalArgumentException(
          "the sample '%s' of %s has parameters {%s} now, not {%s}"
              .formatted(sample.label(), sample.op().name(), present, written));
    }
  }

  private static List<String> operands(Sample sample, String text) {
    List<String> names = sample.op().operandNames();
    String[] written = text.isEmpty() ? new String[0] : text.split(" ");
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < written.length && i < names.size(); i++) {
      if (written[i].startsWith(names.get(i) + "=")) {
        operands.add(written[i].substring(names.get(i).length() + 1));
      }
    }
    if (operands.size() != names.size() || written.length != names.size()) {
      throw new IllegalArgumentException(
          "%s takes operands %s, not '%s'".formatted(sample.op().name(), names, text));
    }
    return operands;
  }
}
