package org.jgml.core.op;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// A node that runs Java code on the host, between the work of devices: an op of the user's own, or
/// the place where a graph asks its session for something.
///
/// No backend knows of it: its operands are copied to host memory, the code runs, and its result is
/// copied to the devices that read it. Where streams can wait for the host, they do, and the code
/// runs on a thread of the device while whoever runs the graph goes on; elsewhere the run stops.
///
/// @param function names the code in messages, and in the session if `code` is null
/// @param operandNames names of the operands, any number of any type
/// @param type the type of the result
/// @param code the code; null if each session binds its own to the name, so that sessions can share
///   the graph
public record HostCall(
    String function, List<String> operandNames, TensorType type, HostFunction code)
    implements Op.Executed {
  public HostCall {
    operandNames = List.copyOf(operandNames);
  }

  /// A call of what each session binds to the name.
  public static HostCall bound(String function, TensorType type, String... operandNames) {
    return new HostCall(function, List.of(operandNames), type, null);
  }

  /// A call of this code.
  public static HostCall of(
      String function, TensorType type, HostFunction code, String... operandNames) {
    return new HostCall(function, List.of(operandNames), type, code);
  }

  @Override
  public String name() {
    return "host_call";
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(!function.isBlank(), "the function has no name", "name it as messages should");
    return type;
  }

  @Override
  public String toString() {
    return "HostCall[" + function + "]";
  }
}
