package org.jgml.core.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.HostFunction;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;

/// Memory in which plans run: states that outlive runs, and one arena a device that all executions
/// share, since they run one after another. Confined to one thread at a time.
public final class Session implements AutoCloseable {
  /// Executions kept ready: a decode step and the prompt lengths in use; others are made again.
  private static final int EXECUTIONS_KEPT = 8;

  private final LoadedWeights weights;
  private final Map<String, KeptState> states = new HashMap<>();
  private final Map<String, HostFunction> hostFunctions = new HashMap<>();
  private final Map<Device, Buffer> arenas = new HashMap<>();
  private final SequencedMap<ExecutionPlan, Execution> executions = new LinkedHashMap<>();
  private final SequencedMap<Observed, Execution> observed = new LinkedHashMap<>();
  private final Tally tally = new Tally();
  private Execution lastRun;
  private boolean closed;

  private record Observed(ExecutionPlan plan, Observer observer) {}

  /// A state and the device where it lies.
  private record KeptState(Tensor tensor, Device home) {
    static KeptState of(TensorType type, Device home) {
      return new KeptState(Tensor.dense(type, home.allocate(type.bytes()), 0), home);
    }
  }

  /// A session over weights, which stay the caller's.
  public Session(LoadedWeights weights) {
    this.weights = weights;
  }

  /// A session for graphs without weights.
  public Session() {
    this(new LoadedWeights(Weights.none()));
  }

  /// The plan made ready to run in this session. The last few are kept; an execution may be void
  /// after others were asked for, so ask for it before each run.
  ///
  /// @throws IllegalStateException if the session is closed
  /// @throws org.jgml.core.backend.DeviceException if a device has not enough memory
  public Execution execution(ExecutionPlan plan) {
    prepare(plan);
    return kept(executions, plan, () -> new Execution(plan, this, SplitCompiler.WHOLE));
  }

  /// The plan made ready to run node by node, each shown to an observer: slower, with the same
  /// results. Otherwise as [#execution].
  public Execution observed(ExecutionPlan plan, Observer observer) {
    prepare(plan);
    return kept(observed, new Observed(plan, observer), () -> observedExecution(plan, observer));
  }

  /// Says what [HostCall] nodes of a name run in this session, from the next execution that is made
  /// on.
  public void bind(String function, HostFunction code) {
    hostFunctions.put(function, code);
  }

  /// What is bound to a call.
  HostFunction hostFunction(Node node, HostCall call) {
    HostFunction code = hostFunctions.get(call.function());
    if (code == null) {
      throw new GraphException(
          "host_call '%s': no function '%s' is bound, %d others are. Operands: %s. Fix: call Session.bind before the graph is made ready.%s"
              .formatted(
                  node.name(),
                  call.function(),
                  hostFunctions.size(),
                  call.operandNames(),
                  node.whereBuilt()));
    }
    return code;
  }

  private Execution observedExecution(ExecutionPlan plan, Observer observer) {
    Execution execution = new Execution(plan, this, new ObservedSplits(observer));
    ObservedRun run = new ObservedRun(plan, Map.copyOf(arenas));
    execution.beginWith(new ObservedSplits.Beginning(run, observer));
    return execution;
  }

  private void prepare(ExecutionPlan plan) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    growArenas(plan);
  }

  /// The execution of a key, made if it is not there; the one that was used longest ago makes room.
  private static <K> Execution kept(
      SequencedMap<K, Execution> executions, K key, Supplier<Execution> maker) {
    Execution execution = executions.remove(key);
    if (execution == null) {
      execution = maker.get();
    }
    executions.putLast(key, execution);
    if (executions.size() > EXECUTIONS_KEPT) {
      executions.pollFirstEntry().getValue().close();
    }
    return execution;
  }

  /// Gives each device an arena that holds the plan; a larger arena voids executions made before.
  private void growArenas(ExecutionPlan plan) {
    for (Device device : plan.devices()) {
      long needed = plan.memory(device).arenaBytes();
      Buffer arena = arenas.get(device);
      if (arena == null || arena.bytes() < needed) {
        closeExecutions();
        if (arena != null) {
          arenas.remove(device).close();
        }
        arenas.put(device, device.allocate(needed));
      }
    }
  }

  /// Takes note of the execution that is about to run.
  ///
  /// @return whether another one ran last, so that the arenas hold its values
  boolean begins(Execution execution) {
    boolean isOther = lastRun != execution;
    lastRun = execution;
    return isOther;
  }

  /// What the runs of this session cost so far.
  public RunCounters counters() {
    return tally.counters();
  }

  Tally tally() {
    return tally;
  }

  Buffer arena(Device device) {
    return arenas.get(device);
  }

  Tensor weight(Node weight, Device device) {
    return weights.tensor(weight, device);
  }

  /// The tensor of a state, made when first asked for.
  Tensor state(Node node, Device home) {
    KeptState state = states.computeIfAbsent(node.name(), _ -> KeptState.of(node.type(), home));
    if (!state.tensor().type().equals(node.type())) {
      throw refuse(
          node,
          "is %s in this session, this graph declares %s"
              .formatted(state.tensor().type(), node.type()),
          "use one type for a state, or another session");
    }
    if (state.home() != home) {
      throw refuse(
          node,
          "lies on %s in this session, this plan has it on %s"
              .formatted(state.home().name(), home.name()),
          "give states a home in the placement policy, the same for all plans of a session");
    }
    return state.tensor();
  }

  private static GraphException refuse(Node state, String problem, String fix) {
    return new GraphException(
        "state '%s': %s. Operands: none. Fix: %s.%s"
            .formatted(state.name(), problem, fix, state.whereBuilt()));
  }

  /// The tensor of a state that some graph of this session declares.
  ///
  /// @throws IllegalArgumentException if no execution has used such a state yet
  public Tensor state(String name) {
    return requireState(name).tensor();
  }

  /// The device on which a state lies.
  ///
  /// @throws IllegalArgumentException if no execution has used such a state yet
  public Device home(String state) {
    return requireState(state).home();
  }

  private KeptState requireState(String state) {
    KeptState kept = states.get(state);
    if (kept == null) {
      throw new IllegalArgumentException(
          "no state '%s' in this session; there are %s"
              .formatted(state, new TreeSet<>(states.keySet())));
    }
    return kept;
  }

  /// The names of the states that executions of this session have used.
  public Set<String> stateNames() {
    return Set.copyOf(states.keySet());
  }

  /// Gives a state more rows, which are zero, or does nothing if no execution has used such a state
  /// yet. Executions made before are void.
  ///
  /// @param type its new type: the old one with at least as many rows
  /// @throws org.jgml.core.backend.DeviceException if its device cannot hold both for a moment; it
  ///   is as it was then
  public void growState(String name, TensorType type) {
    KeptState old = states.get(name);
    if (old == null || old.tensor().type().equals(type)) {
      return;
    }
    closeExecutions();
    KeptState larger = KeptState.of(type, old.home());
    // Devices may copy on threads of their own.
    try (Arena staging = Arena.ofShared()) {
      MemorySegment bytes = staging.allocate(old.tensor().type().bytes(), 64);
      old.tensor().buffer().download(0, bytes);
      larger.tensor().buffer().upload(0, bytes);
    }
    old.tensor().buffer().close();
    states.put(name, larger);
  }

  private void closeExecutions() {
    executions.values().forEach(Execution::close);
    executions.clear();
    observed.values().forEach(Execution::close);
    observed.clear();
  }

  /// Frees states and arenas; executions of this session cannot be run any more.
  @Override
  public void close() {
    closed = true;
    closeExecutions();
    states.values().forEach(state -> state.tensor().buffer().close());
    arenas.values().forEach(Buffer::close);
    states.clear();
    arenas.clear();
  }
}
