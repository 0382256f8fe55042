package org.jgml.core.conformance;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.op.Unary;
import org.jgml.core.reference.Elements;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.tensor.DataType;

/// Mistakes that no op on its own shows, only a graph.
enum PlanningFault {
  /// A `tanh` after other steps of its segment is fused into them, and forgotten.
  WRONG_FUSION {
    @Override
    boolean spoils(List<Step> steps, int at, boolean isTwin) {
      return at > 0;
    }
  },

  /// A `tanh` whose result lies in the memory of its operand reads what it wrote.
  WRONG_REUSE {
    @Override
    boolean spoils(List<Step> steps, int at, boolean isTwin) {
      Step step = steps.get(at);
      return step.output().buffer() == step.input(0).buffer()
          && step.output().start() == step.input(0).start();
    }
  },

  /// The second device rounds `tanh` another way.
  OTHER_BITS {
    @Override
    boolean spoils(List<Step> steps, int at, boolean isTwin) {
      return isTwin;
    }
  };

  /// Whether a step of a segment goes wrong.
  abstract boolean spoils(List<Step> steps, int at, boolean isTwin);

  /// A device with this fault, otherwise the reference.
  ///
  /// @param isTwin whether it is the second of its kind
  Device device(boolean isTwin) {
    return new Faulty(this, isTwin, new ReferenceDevice("faulty"));
  }

  private record Faulty(PlanningFault fault, boolean isTwin, ReferenceDevice device)
      implements ForwardingDevice {
    @Override
    public Executable compile(Segment segment) {
      Executable right = device.compile(segment);
      return new Executable() {
        @Override
        public void run() {
          List<Step> steps = segment.steps();
          for (int i = 0; i < steps.size(); i++) {
            FaultyKernels.run(device, steps.get(i));
            if (isTanh(steps.get(i)) && fault.spoils(steps, i, isTwin)) {
              spoil(steps.get(i));
            }
          }
        }

        @Override
        public void close() {
          right.close();
        }
      };
    }

    private static boolean isTanh(Step step) {
      return step.op().equals(new Unary(Unary.Kind.TANH))
          && step.node().type().dataType() == DataType.F32;
    }

    private static void spoil(Step step) {
      double[] values = Elements.read(step.output());
      values[0] = Math.nextUp((float) values[0]);
      Elements.write(step.output(), values);
    }
  }
}
