package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Constant;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.HostFunction;
import org.jgml.core.op.Input;
import org.jgml.core.op.Op;
import org.jgml.core.op.State;
import org.jgml.core.op.Weight;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.Split;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// A plan with addresses: write the inputs, run, read the outputs.
///
/// Belongs to its [Session]. [#run] allocates nothing.
public final class Execution {
  /// A part of the run: values to bring from other devices, then a segment or a call of the host.
  private record Part(List<Crossing> crossings, Executable executable) {}

  /// Values of the graph, to be written where other executions may have put theirs.
  private record GivenValues(Tensor tensor, MemorySegment bytes) {
    void write() {
      tensor.buffer().upload(tensor.start(), bytes);
    }
  }

  private static final BooleanSupplier NEVER = () -> false;

  private final ExecutionPlan plan;
  private final Session session;
  private final Staging staging = new Staging();
  private final Tally tally;
  private final StreamedCalls calls;
  private final List<Part> parts = new ArrayList<>();
  private final Map<String, List<Tensor>> inputs = new HashMap<>();
  private final List<GivenValues> constants = new ArrayList<>();
  private final Map<String, Tensor> outputs = new HashMap<>();
  private boolean closed;

  /// @param compiler makes the executable of a split
  Execution(ExecutionPlan plan, Session session, SplitCompiler compiler) {
    this.plan = plan;
    this.session = session;
    this.tally = session.tally();
    this.calls = new StreamedCalls(plan, staging);
    try {
      prepare(compiler);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void prepare(SplitCompiler compiler) {
    for (Node node : plan.graph().nodes()) {
      if (node.op() instanceof Input) {
        inputs.put(node.name(), new ArrayList<>());
      }
    }
    plan.devices().forEach(this::placeGivenValues);
    plan.splits().forEach(split -> parts.add(part(split, compiler)));
    if (compiler == SplitCompiler.WHOLE) {
      join();
    }
    for (Node output : plan.graph().outputs()) {
      outputs.put(output.name(), tensor(output, plan.readFrom(output)));
    }
    for (Node node : plan.retained()) {
      outputs.put(node.name(), tensor(node, plan.readFrom(node)));
    }
  }

  /// Makes each run begin with this.
  void beginWith(Executable first) {
    parts.addFirst(new Part(List.of(), first));
  }

  /// Finds where inputs and constants lie, on each device that reads them.
  private void placeGivenValues(Device device) {
    for (Node owner : plan.memory(device).offsets().keySet()) {
      switch (owner.op()) {
        case Input _ -> inputs.get(owner.name()).add(tensor(owner, device));
        case Constant constant -> {
          MemorySegment values = MemorySegment.ofArray(constant.values());
          constants.add(new GivenValues(tensor(owner, device), values));
        }
        default -> {}
      }
    }
  }

  /// Makes one part of those that follow each other on a device that calls the host.
  private void join() {
    List<Part> separate = List.copyOf(parts);
    parts.clear();
    for (int first = 0; first < separate.size(); ) {
      Device device = plan.splits().get(first).device();
      int end = first + 1;
      while (StreamedCalls.takes(device)
          && end < separate.size()
          && continues(device, end, separate)) {
        end++;
      }
      parts.add(
          end == first + 1 ? separate.get(first) : joined(device, separate.subList(first, end)));
      first = end;
    }
  }

  private boolean continues(Device device, int at, List<Part> separate) {
    return plan.splits().get(at).device() == device && separate.get(at).crossings().isEmpty();
  }

  private static Part joined(Device device, List<Part> run) {
    List<Executable> executables = run.stream().map(Part::executable).toList();
    return new Part(run.getFirst().crossings(), ((AsynchronousDevice) device).join(executables));
  }

  private Part part(Split split, SplitCompiler compiler) {
    List<Step> steps = split.nodes().stream().map(node -> step(node, split.device())).toList();
    Executable executable =
        split
            .hostCall()
            .map(call -> hostStep(call, steps.getFirst(), split.device()))
            .orElseGet(() -> compiler.compile(split.device(), new Segment(steps, split.exports())));
    return new Part(crossings(split), executable);
  }

  private Executable hostStep(HostCall call, Step step, Device device) {
    HostFunction function =
        call.code() != null ? call.code() : session.hostFunction(step.node(), call);
    return StreamedCalls.takes(device)
        ? calls.executable(step, (AsynchronousDevice) device, function)
        : HostStep.of(step, device, function, staging, tally);
  }

  /// What a split reads from elsewhere, by the device it comes from.
  private List<Crossing> crossings(Split split) {
    Map<Device, List<Crossing.Value>> values = new LinkedHashMap<>();
    for (Node owner : split.imports()) {
      Device from = plan.home(owner).orElseThrow();
      values
          .computeIfAbsent(from, _ -> new ArrayList<>())
          .add(new Crossing.Value(tensor(owner, from), tensor(owner, split.device())));
    }
    List<Crossing> crossings = new ArrayList<>();
    values.forEach(
        (from, moved) -> crossings.add(Crossing.of(from, split.device(), moved, staging, tally)));
    return crossings;
  }

  private Step step(Node node, Device device) {
    List<Tensor> operands = node.inputs().stream().map(input -> tensor(input, device)).toList();
    return new Step(node, operands, tensor(node, device));
  }

  private Tensor tensor(Node node, Device device) {
    Node owner = plan.owner(node);
    boolean isHome = plan.home(owner).filter(home -> home == device).isPresent();
    Tensor memory =
        switch (owner.op()) {
          case Weight _ when isHome || plan.home(owner).isEmpty() -> session.weight(owner, device);
          case State _ when isHome -> session.state(owner, device);
          case Op _ -> inArena(owner, device);
        };
    return memory.view(node.type(), plan.layout(node));
  }

  private Tensor inArena(Node owner, Device device) {
    long offset = plan.memory(device).offset(owner).orElseThrow();
    return Tensor.dense(owner.type(), session.arena(device), offset);
  }

  /// Whether the graph has an input of this name.
  public boolean hasInput(String input) {
    return inputs.containsKey(input);
  }

  /// Writes an input's bytes, dense and row-major. They may be changed as soon as this returns.
  ///
  /// @throws IllegalArgumentException if there is no such input, or its size differs
  public void write(String input, MemorySegment bytes) {
    for (Tensor tensor : input(input)) {
      long wanted = tensor.type().bytes();
      if (bytes.byteSize() != wanted) {
        throw new IllegalArgumentException(
            "input '%s' (%s) takes %d bytes, got %d"
                .formatted(input, tensor.type(), wanted, bytes.byteSize()));
      }
      tensor.buffer().upload(tensor.start(), bytes);
    }
  }

  /// Writes an I32 input, row-major.
  ///
  /// @throws IllegalArgumentException if there is no such input, or its type or size differs
  public void write(String input, int... values) {
    requireInput(input, DataType.I32);
    write(input, MemorySegment.ofArray(values));
  }

  /// Writes an I64 input, row-major. Otherwise as [#write(String, int...)].
  public void write(String input, long... values) {
    requireInput(input, DataType.I64);
    write(input, MemorySegment.ofArray(values));
  }

  /// Writes an F32 input, row-major. Otherwise as [#write(String, int...)].
  public void write(String input, float... values) {
    requireInput(input, DataType.F32);
    write(input, MemorySegment.ofArray(values));
  }

  private List<Tensor> input(String name) {
    requireOpen();
    List<Tensor> tensors = inputs.get(name);
    if (tensors == null) {
      throw new IllegalArgumentException(
          "no input '%s'; this graph reads %s".formatted(name, inputs.keySet()));
    }
    return tensors;
  }

  private void requireInput(String name, DataType given) {
    input(name).forEach(tensor -> require("input", name, tensor.type(), given));
  }

  private static void require(String what, String name, TensorType type, DataType asked) {
    if (type.dataType() != asked) {
      throw new IllegalArgumentException(
          "%s '%s' is %s, not %s. Fix: use Java's type for it, or its bytes in a MemorySegment"
              .formatted(what, name, type, asked));
    }
  }

  /// Runs the graph once.
  ///
  /// @throws IllegalStateException if the session was closed, or needed a larger arena since
  public void run() {
    run(NEVER);
  }

  /// The same, unless it is cancelled: between two splits, and within one on devices that can.
  ///
  /// @param cancelled asked now and then by any thread, until this returns
  /// @throws CancellationException if it was; states and outputs that the graph writes may then
  ///   hold anything
  /// @throws IllegalStateException if the session was closed, or needed a larger arena since
  public void run(BooleanSupplier cancelled) {
    requireOpen();
    if (session.begins(this)) {
      constants.forEach(GivenValues::write);
    }
    tally.ran();
    for (Part part : parts) {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException();
      }
      part.crossings().forEach(Crossing::run);
      part.executable().run(cancelled);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "this execution is void. Fix: ask the session for it again before each run");
    }
  }

  /// Waits until functions of the host that the run calls have run, if there are any: what they
  /// change, and what they throw, is seen from then on. Reading an output does the same.
  ///
  /// @throws org.jgml.core.backend.DeviceException if the run failed on a device
  public void settle() {
    if (!calls.isEmpty()) {
      plan.devices().forEach(Device::synchronise);
      tally.waited();
      check();
    }
  }

  /// The type of an output. Retained nodes are read as outputs are.
  public TensorType outputType(String output) {
    return output(output).type();
  }

  /// Copies an F32 output, row-major.
  ///
  /// @throws IllegalArgumentException if there is no such output, or its type differs
  /// @throws org.jgml.core.backend.DeviceException as [#read] does
  public float[] readFloats(String output) {
    float[] values = new float[elements(output, DataType.F32)];
    read(output, MemorySegment.ofArray(values));
    return values;
  }

  /// Copies an I32 output, row-major. Otherwise as [#readFloats].
  public int[] readInts(String output) {
    int[] values = new int[elements(output, DataType.I32)];
    read(output, MemorySegment.ofArray(values));
    return values;
  }

  private int elements(String output, DataType asked) {
    TensorType type = output(output).type();
    require("output", output, type, asked);
    return Math.toIntExact(type.shape().elements());
  }

  /// Copies an output's bytes, dense and row-major, and waits for the run where the device works on
  /// by itself.
  ///
  /// @throws IllegalArgumentException if there is no such output, or its size differs
  /// @throws org.jgml.core.backend.DeviceException if the run failed on a device, as asynchronous
  ///   devices tell only now
  public void read(String output, MemorySegment target) {
    Tensor tensor = output(output);
    if (target.byteSize() != tensor.type().bytes()) {
      throw new IllegalArgumentException(
          "output '%s' (%s) has %d bytes, the target %d"
              .formatted(output, tensor.type(), tensor.type().bytes(), target.byteSize()));
    }
    tensor.download(target);
    if (!(tensor.buffer() instanceof HostBuffer)) {
      tally.waited();
    }
    check();
  }

  private void check() {
    for (Part part : parts) {
      part.crossings().forEach(Crossing::check);
      part.executable().check();
    }
  }

  private Tensor output(String name) {
    requireOpen();
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no output '%s'; this graph has %s".formatted(name, outputs.keySet()));
    }
    return tensor;
  }

  void close() {
    closed = true;
    plan.devices().forEach(Execution::waitForCopies);
    parts.forEach(part -> part.executable().close());
    staging.close();
  }

  /// Streams may still be copying to and from the staging.
  private static void waitForCopies(Device device) {
    if (device instanceof AsynchronousDevice) {
      try {
        device.synchronise();
      } catch (DeviceException _) {
        // Whoever waited for the run was told, or nobody wants to know; a failed copy is over.
      }
    }
  }
}
