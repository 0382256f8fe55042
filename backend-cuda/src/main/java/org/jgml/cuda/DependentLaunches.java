package org.jgml.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_HANDLE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_SUPPORTED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.Set;

/// Launches that begin before the one before them has ended: their blocks come to a multiprocessor
/// meanwhile, bring weights to the second cache, and wait in `await_previous` of `dependent.cuh`
/// (programmatic dependent launch). In a graph such a launch gets an edge of that kind.
///
/// JCuda 12.6 lacks the call, so it is made by `java.lang.foreign`, in the library that JCuda has
/// loaded. A driver that refuses launches of this kind is told them in the usual way from then on,
/// and the user is told once. Thread-safe.
final class DependentLaunches {
  private static final int LEAST_CAPABILITY = 90;

  /// CUDA 12.3: from here on such launches can be captured.
  private static final int LEAST_DRIVER = 12030;

  /// `CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION`.
  private static final int ATTRIBUTE = 6;

  // CUlaunchConfig and CUlaunchAttribute of cuda.h.
  private static final long CONFIG_BYTES = 56;
  private static final long STREAM = 32;
  private static final long ATTRIBUTES = 40;
  private static final long ATTRIBUTE_COUNT = 48;
  private static final long ATTRIBUTE_BYTES = 72;
  private static final long ATTRIBUTE_VALUE = 8;

  /// What a driver may answer that does not know them, or cannot make a graph of them.
  private static final Set<Integer> REFUSALS =
      Set.of(
          CUDA_ERROR_INVALID_VALUE,
          CUDA_ERROR_INVALID_HANDLE,
          CUDA_ERROR_NOT_SUPPORTED,
          CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
          CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

  /// The calls that make a graph of what was captured.
  private static final Set<String> GRAPH_CALLS = Set.of("cuStreamEndCapture", "cuGraphInstantiate");

  private final MethodHandle call;
  private volatile String refusal;

  private DependentLaunches(MethodHandle call, String refusal) {
    this.call = call;
    this.refusal = refusal;
  }

  static DependentLaunches of(DeviceProfile profile, CudaOptions options) {
    if (!options.dependent()) {
      return new DependentLaunches(null, "switched off");
    }
    if (profile.number() < LEAST_CAPABILITY) {
      return new DependentLaunches(null, "needs compute capability 9.0");
    }
    Optional<MethodHandle> call =
        DeviceProfile.driverVersion() < LEAST_DRIVER ? Optional.empty() : call();
    return call.map(handle -> new DependentLaunches(handle, null))
        .orElseGet(() -> new DependentLaunches(null, "needs a driver of CUDA 12.3"));
  }

  /// `cuLaunchKernelEx(config, function, parameters, extra)`.
  @SuppressWarnings("restricted")
  private static Optional<MethodHandle> call() {
    return SymbolLookup.libraryLookup(DriverLibrary.name(), Arena.global())
        .find("cuLaunchKernelEx")
        .map(function ->
            Linker.nativeLinker()
                .downcallHandle(
                    function, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS)));
  }

  /// Whether there are such launches.
  boolean areUsed() {
    return refusal == null;
  }

  /// Whether there are such launches, for the user.
  String text() {
    return areUsed() ? "used" : "not used: " + refusal;
  }

  /// Puts a launch into a stream, unless the driver refuses it.
  ///
  /// @return whether that was done
  boolean enqueue(Launch launch, CudaStream stream) {
    if (!areUsed()) {
      return false;
    }
    int code = call(launch, stream.handle().number());
    if (REFUSALS.contains(code)) {
      refused(new CudaException(stream.context().device(), "cuLaunchKernelEx", code, ""));
      return false;
    }
    stream.context().check("cuLaunchKernelEx of " + launch, code);
    return true;
  }

  private int call(Launch launch, long stream) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          call.invokeExact(
              config(launch.geometry(), stream, arena),
              MemorySegment.ofAddress(launch.kernel().number()),
              MemorySegment.ofBuffer(launch.buffer()),
              MemorySegment.NULL);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      // A function of C throws nothing; the type of method handles does not know that.
      throw new IllegalStateException("cuLaunchKernelEx", e);
    }
  }

  private static MemorySegment config(Geometry geometry, long stream, Arena arena) {
    MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
    attribute.set(JAVA_INT, 0, ATTRIBUTE);
    attribute.set(JAVA_INT, ATTRIBUTE_VALUE, 1);
    MemorySegment config = arena.allocate(CONFIG_BYTES, Long.BYTES);
    int[] numbers = {
      geometry.x(), geometry.y(), geometry.z(), geometry.threads(), 1, 1, geometry.sharedBytes()
    };
    MemorySegment.copy(numbers, 0, config, JAVA_INT, 0, numbers.length);
    config.set(JAVA_LONG, STREAM, stream);
    config.set(ADDRESS, ATTRIBUTES, attribute);
    config.set(JAVA_INT, ATTRIBUTE_COUNT, 1);
    return config;
  }

  /// What is put into a stream meanwhile; if the driver cannot make a graph of it with such
  /// launches, without them.
  Recording capture(CudaStream stream, Runnable work) {
    try {
      return stream.capture(work);
    } catch (CudaException e) {
      if (!areUsed() || !GRAPH_CALLS.contains(e.call()) || !REFUSALS.contains(e.code())) {
        throw e;
      }
      refused(e);
      return stream.capture(work);
    }
  }

  private void refused(CudaException error) {
    refusal = error.getMessage();
    System.getLogger(DependentLaunches.class.getName())
        .log(
            System.Logger.Level.WARNING,
            "each launch begins when the one before it has ended: " + refusal);
  }
}
