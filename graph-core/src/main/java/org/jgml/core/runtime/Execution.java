package org.jgml.core.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
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
import org.jgml.core.tensor.TensorType;

/// A plan with addresses: write the inputs, run, read the outputs.
///
/// Belongs to its [Session]. [#run] allocates nothing.
public final class Execution {
  /// A part of the run: values to bring from other devices, then a segment or a call of the host.
  private record Part(List<Transfer> transfers, Executable executable) {}

  /// Values of the graph, to be written where other executions may have put theirs.
  private record GivenValues(Tensor tensor, MemorySegment bytes) {
    void write() {
      tensor.buffer().upload(tensor.start(), bytes);
    }
  }

  /// Bytes that one device made and another reads, through host memory.
  private record Transfer(Tensor from, Tensor to, MemorySegment staging) {
    void run() {
      from.buffer().download(from.start(), staging);
      to.buffer().upload(to.start(), staging);
    }
  }

  private final ExecutionPlan plan;
  private final Session session;
  private final Arena staging = Arena.ofShared();
  private final List<Part> parts = new ArrayList<>();
  private final Map<String, List<Tensor>> inputs = new HashMap<>();
  private final List<GivenValues> constants = new ArrayList<>();
  private final Map<String, Tensor> outputs = new HashMap<>();
  private boolean closed;

  /// @param compiler makes the executable of a split
  Execution(ExecutionPlan plan, Session session, SplitCompiler compiler) {
    this.plan = plan;
    this.session = session;
    for (Node node : plan.graph().nodes()) {
      if (node.op() instanceof Input) {
        inputs.put(node.name(), new ArrayList<>());
      }
    }
    plan.devices().forEach(this::placeGivenValues);
    plan.splits().forEach(split -> parts.add(part(split, compiler)));
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

  private Part part(Split split, SplitCompiler compiler) {
    List<Transfer> transfers =
        split.imports().stream().map(owner -> transfer(owner, split.device())).toList();
    List<Step> steps = split.nodes().stream().map(node -> step(node, split.device())).toList();
    Executable executable =
        split
            .hostCall()
            .map(call -> hostStep(call, steps.getFirst()))
            .orElseGet(() -> compiler.compile(split.device(), steps));
    return new Part(transfers, executable);
  }

  private Executable hostStep(HostCall call, Step step) {
    HostFunction function =
        call.code() != null ? call.code() : session.hostFunction(step.node(), call);
    return HostStep.of(step, function, staging);
  }

  private Transfer transfer(Node owner, Device to) {
    Device from = plan.home(owner).orElseThrow();
    MemorySegment bytes = staging.allocate(owner.type().bytes());
    return new Transfer(tensor(owner, from), tensor(owner, to), bytes);
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
          case Weight _ -> session.weight(owner, device);
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

  /// Writes an input's bytes, dense and row-major.
  ///
  /// @throws IllegalArgumentException if there is no such input, or its size differs
  public void write(String input, MemorySegment bytes) {
    List<Tensor> tensors = inputs.get(input);
    if (tensors == null) {
      throw new IllegalArgumentException(
          "no input '%s'; this graph reads %s".formatted(input, inputs.keySet()));
    }
    for (Tensor tensor : tensors) {
      long wanted = tensor.type().bytes();
      if (bytes.byteSize() != wanted) {
        throw new IllegalArgumentException(
            "input '%s' (%s) takes %d bytes, got %d"
                .formatted(input, tensor.type(), wanted, bytes.byteSize()));
      }
      tensor.buffer().upload(tensor.start(), bytes);
    }
  }

  /// Writes an I32 input.
  public void write(String input, int... values) {
    write(input, MemorySegment.ofArray(values));
  }

  /// Writes an I64 input.
  public void write(String input, long... values) {
    write(input, MemorySegment.ofArray(values));
  }

  /// Writes an F32 input.
  public void write(String input, float... values) {
    write(input, MemorySegment.ofArray(values));
  }

  /// Runs the graph once.
  ///
  /// @throws IllegalStateException if the session was closed, or needed a larger arena since
  public void run() {
    if (closed) {
      throw new IllegalStateException(
          "this execution is void. Fix: ask the session for it again before each run");
    }
    if (session.begins(this)) {
      constants.forEach(GivenValues::write);
    }
    for (Part part : parts) {
      part.transfers().forEach(Transfer::run);
      part.executable().run();
    }
  }

  /// The type of an output. Retained nodes are read as outputs are.
  public TensorType outputType(String output) {
    return output(output).type();
  }

  /// Copies an F32 output.
  public float[] readFloats(String output) {
    Tensor tensor = output(output);
    float[] values = new float[(int) tensor.type().shape().elements()];
    read(output, MemorySegment.ofArray(values));
    return values;
  }

  /// Copies an I32 output.
  public int[] readInts(String output) {
    Tensor tensor = output(output);
    int[] values = new int[(int) tensor.type().shape().elements()];
    read(output, MemorySegment.ofArray(values));
    return values;
  }

  /// Copies an output's bytes, dense and row-major.
  public void read(String output, MemorySegment target) {
    output(output).download(target);
  }

  private Tensor output(String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no output '%s'; this graph has %s".formatted(name, outputs.keySet()));
    }
    return tensor;
  }

  void close() {
    closed = true;
    parts.forEach(part -> part.executable().close());
    staging.close();
  }
}
