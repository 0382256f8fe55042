package org.jgml.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Devices;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.reference.ReferenceDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WorkloadsTest {
  static Stream<OpSpec> specs() {
    return OpTable.compute().stream();
  }

  static Stream<Workload> cheap() {
    return Workloads.all().stream()
        .filter(workload -> workload.cost().bytes() < 5e5 && workload.cost().flops() < 1e6);
  }

  @Test
  void everyOpIsTimedUnderItsOwnName() {
    List<String> names = Workloads.all().stream().map(Workload::name).toList();
    assertEquals(names.size(), new HashSet<>(names).size());
    names.forEach(name -> assertEquals(name, Workloads.named(name).name()));
    assertThrows(IllegalArgumentException.class, () -> Workloads.named("nothing"));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void theCheckedPartIsAPartOfTheResult(OpSpec spec) {
    for (Workload workload : Workloads.of(spec)) {
      long checked = workload.leading().result().shape().elements();
      assertTrue(checked > 0 && checked <= workload.result().shape().elements());
      assertTrue(workload.cost().bytes() > 0);
    }
  }

  @Test
  void quickRunsAreAboutWhatModelsAreMadeOf() {
    List<String> ops =
        Workloads.all().stream()
            .filter(Workload::isEssential)
            .map(workload -> workload.op().name())
            .distinct()
            .toList();
    assertTrue(
        ops.containsAll(
            List.of("matmul", "attention", "rms_norm", "rope", "set_rows", "get_rows", "swiglu")));
    assertFalse(ops.contains("floor"));
  }

  @ParameterizedTest
  @MethodSource("cheap")
  void theProcessorsResultsPassTheirCheck(Workload workload) {
    try (Devices devices = Devices.open(DeviceOptions.defaults());
        WorkloadRun run = new WorkloadRun(workload, devices.named("cpu"))) {
      assertDoesNotThrow(run::check);
    }
  }

  @Test
  void aWrongResultIsNotTimed() {
    assertEquals(0, ResultTolerance.error(new double[] {1, 2}, new double[] {1, 2}));
    assertEquals(0.25, ResultTolerance.error(new double[] {1}, new double[] {2}));
    double nan = Double.NaN;
    assertEquals(
        Double.POSITIVE_INFINITY, ResultTolerance.error(new double[] {nan}, new double[] {0}));
    assertEquals(0, ResultTolerance.error(new double[] {nan}, new double[] {nan}));
  }

  @Test
  void partsOfAMatrixAreItsFirstRowsAndColumns() {
    Workload product =
        Workloads.all().stream()
            .filter(workload -> workload.op().name().equals("matmul_id"))
            .findFirst()
            .orElseThrow();
    try (Device reference = new ReferenceDevice();
        WorkloadRun run = new WorkloadRun(product.leading(), reference)) {
      assertDoesNotThrow(run::check);
    }
  }
}
