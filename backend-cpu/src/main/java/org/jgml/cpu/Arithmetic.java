package org.jgml.cpu;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.jgml.cpu.matmul.MatmulProvider;

/// The primitives that all kernels are made of, in the fastest form that this virtual machine runs.
///
/// @param name what is in use, for people
/// @param rows functions of rows
/// @param panels functions of panels, for attention
/// @param products products of few rows, for attention of few queries
/// @param states functions of states, for recurrent layers
/// @param matmul products with weights
/// @param remarks why it is slow, if it is
record Arithmetic(
    String name,
    RowMath rows,
    PanelMath panels,
    RowProducts products,
    StateMath states,
    MatmulProvider matmul,
    List<String> remarks) {
  private static final String MODULE = "jdk.incubator.vector";

  /// Vectors if the Vector API is there and the optimising compiler to make it fast, else scalars.
  static Arithmetic best() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return scalar(
          "the module %s is missing. Fix: start Java with --add-modules %s, or use the jgml launcher"
              .formatted(MODULE, MODULE));
    }
    if (!hasOptimisingCompiler()) {
      return scalar(
          "the optimising compiler is off. Fix: start Java without -Xint, -XX:TieredStopAtLevel"
              + " and -XX:CompilationMode=quick-only");
    }
    return vector();
  }

  /// The Vector API at the width of this machine. Fails if its module is absent.
  static Arithmetic vector() {
    return new Arithmetic(
        "Vector API, %d bits, %d lanes of F32"
            .formatted(VectorRowMath.bits(), VectorRowMath.bits() / Float.SIZE),
        new VectorRowMath(),
        new VectorPanelMath(),
        new VectorRowProducts(),
        new VectorStateMath(),
        MatmulProvider.vector(),
        List.of());
  }

  /// Plain Java.
  static Arithmetic scalar() {
    return new Arithmetic(
        "scalar",
        new ScalarRowMath(),
        new ScalarPanelMath(),
        new ScalarRowProducts(),
        new ScalarStateMath(),
        MatmulProvider.scalar(),
        List.of());
  }

  private static Arithmetic scalar(String cause) {
    Arithmetic slow = scalar();
    String remark = "cpu: computes about 30 times slower than it could: " + cause;
    return new Arithmetic(
        slow.name,
        slow.rows,
        slow.panels,
        slow.products,
        slow.states,
        slow.matmul,
        List.of(remark));
  }

  private static boolean hasOptimisingCompiler() {
    String mode = System.getProperty("java.vm.info", "");
    return !mode.startsWith("interpreted")
        && !mode.contains("emulated-client")
        && ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .noneMatch(argument -> argument.matches("-XX:TieredStopAtLevel=[0-3]"));
  }
}
