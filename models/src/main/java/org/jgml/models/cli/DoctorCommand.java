package org.jgml.models.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Devices;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/// `jgml doctor`: whether this machine and this Java are fit to run models, and what to do if not.
@Command(
    name = "doctor",
    description =
        "Checks what speed depends on, one line each, with the remedy for what is bad. The exit"
            + " code is 1 if something is.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final int SOMETHING_IS_BAD = 1;

  @ParentCommand private Jgml jgml;

  @Override
  public Integer call() {
    try (Devices devices = Devices.open(DeviceOptions.defaults())) {
      List<Diagnosis> diagnoses = Diagnosis.all(devices, jgml.freeBytes());
      diagnoses.forEach(diagnosis -> jgml.streams().out().println(diagnosis.line()));
      devices.remarks().forEach(remark -> jgml.streams().out().println("note " + remark));
      devices.absent().forEach(remark -> jgml.streams().out().println("note " + remark));
      return diagnoses.stream().allMatch(Diagnosis::isGood) ? 0 : SOMETHING_IS_BAD;
    }
  }
}
