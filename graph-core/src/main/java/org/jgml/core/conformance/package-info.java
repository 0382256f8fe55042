/// What every backend must pass, derived from the op specs: cases with names, an oracle in double
/// precision, tolerances by formula, guards around memory, whole graphs.
///
/// [CaseGenerator][org.jgml.core.conformance.CaseGenerator] makes the cases,
/// [ConformanceSuite][org.jgml.core.conformance.ConformanceSuite] runs them.
package org.jgml.core.conformance;
