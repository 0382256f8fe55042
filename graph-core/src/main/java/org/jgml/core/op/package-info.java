/// The operations of a graph: a closed set of records, each the single source of every fact about
/// its op.
///
/// One file defines one op: parameters, operand names, shape and type inference with its error
/// texts, meaning in double precision, cost, samples and error samples. The builder, the verifier,
/// the reference device, the conformance tests, the benchmarks and the support table are derived
/// from it.
package org.jgml.core.op;
