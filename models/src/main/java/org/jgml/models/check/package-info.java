/// Recorded operations of ggml, replayed on a device of this engine: an outside opinion on every
/// op.
///
/// A case is read ([RecordedSet]), translated into a graph ([Translation], one class a family of
/// ops), run ([CaseRunner]) and compared by its rule ([ComparisonRule]).
package org.jgml.models.check;
