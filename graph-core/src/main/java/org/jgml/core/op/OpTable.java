package org.jgml.core.op;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// All ops: the facts of each, found through the sealed types [Op.Compute] and [Op.View].
///
/// A permitted record holds its facts in a static `SPEC`, or takes an enum `Kind` as its only
/// parameter, each constant of which is an op of its own.
public final class OpTable {
  private static final List<OpSpec> COMPUTE = specs(Op.Compute.class);
  private static final List<OpSpec> VIEWS = specs(Op.View.class);

  private OpTable() {}

  /// The ops that a device runs.
  public static List<OpSpec> compute() {
    return COMPUTE;
  }

  /// The ops that only change a layout.
  public static List<OpSpec> views() {
    return VIEWS;
  }

  /// Both.
  public static List<OpSpec> all() {
    return Stream.concat(VIEWS.stream(), COMPUTE.stream()).toList();
  }

  private static List<OpSpec> specs(Class<? extends Op> group) {
    return Arrays.stream(group.getPermittedSubclasses()).flatMap(OpTable::specsOf).toList();
  }

  private static Stream<OpSpec> specsOf(Class<?> op) {
    return Arrays.stream(op.getDeclaredClasses())
        .filter(type -> type.isEnum() && type.getSimpleName().equals("Kind"))
        .findFirst()
        .map(kind -> Arrays.stream(kind.getEnumConstants()).map(value -> specOf(op, value)))
        .orElseGet(() -> Stream.of(specOf(op)));
  }

  private static OpSpec specOf(Class<?> op) {
    try {
      return (OpSpec) op.getDeclaredField("SPEC").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(op + " has neither a SPEC nor a Kind", e);
    }
  }

  private static OpSpec specOf(Class<?> op, Object kind) {
    try {
      Constructor<?> constructor = op.getDeclaredConstructor(kind.getClass());
      return ((Op.Compute) constructor.newInstance(kind)).spec();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(op + " cannot be made of " + kind, e);
    }
  }
}
