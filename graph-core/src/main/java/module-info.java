/// Graphs of tensor operations: building, checking, scheduling and running them on devices.
module org.jgml.core {
  requires jdk.jfr;

  exports org.jgml.core.backend;
  exports org.jgml.core.conformance;
  exports org.jgml.core.foreign;
  exports org.jgml.core.format;
  exports org.jgml.core.graph;
  exports org.jgml.core.inspect;
  exports org.jgml.core.op;
  exports org.jgml.core.reference;
  exports org.jgml.core.runtime;
  exports org.jgml.core.schedule;
  exports org.jgml.core.tensor;

  uses org.jgml.core.backend.BackendProvider;

  provides org.jgml.core.backend.BackendProvider with
      org.jgml.core.reference.ReferenceBackendProvider;
}
