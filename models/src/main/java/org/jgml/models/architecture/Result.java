package org.jgml.models.architecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jgml.core.graph.Compositions;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.runtime.Execution;
import org.jgml.core.tensor.DataType;
import org.jgml.models.sampling.Candidates;

/// Where the graph of a transformer ends. Logits are a node of all graphs but that of hidden
/// states.
public sealed interface Result {
  /// F32 `[r, vocabulary]`.
  Result LOGITS = new Logits();

  /// What the output matrix is applied to: F32 `[r, embeddingLength]`.
  Result HIDDEN_STATES = new HiddenStates();

  /// The name of the output.
  String output();

  /// The rows of an F32 result.
  ///
  /// @param execution has run
  default float[][] rows(Execution execution, int count) {
    float[] all = execution.readFloats(output());
    if (count == 1) {
      return new float[][] {all};
    }
    int width = all.length / count;
    float[][] rows = new float[count][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * width, (i + 1) * width));
    return rows;
  }

  /// All logits.
  record Logits() implements Result {
    @Override
    public String output() {
      return "logits";
    }
  }

  /// What logits are made of.
  record HiddenStates() implements Result {
    @Override
    public String output() {
      return "output_norm";
    }
  }

  /// The tokens of the largest logits. Of equal logits the first comes first; one that is no number
  /// counts as the smallest.
  sealed interface Best extends Result {
    /// Vocabularies of at most so many tokens have such results: up to this, ids are exact as F32.
    int MOST_TOKENS = 1 << 24;

    /// The result of so many tokens a row, fewer than the vocabulary has.
    static Best of(int count) {
      return count == 1 ? new Likeliest() : new Top(count);
    }

    /// Adds what finds them to a graph.
    ///
    /// @param logits F32 `[r, vocabulary]`
    Node node(GraphBuilder g, Node logits);

    /// The tokens of each row.
    ///
    /// @param execution has run
    List<Candidates> candidates(Execution execution);
  }

  /// I32 `[r]`. Its candidates have logits of 0: nobody asks how large the only one is.
  record Likeliest() implements Best {
    @Override
    public String output() {
      return "likeliest";
    }

    @Override
    public Node node(GraphBuilder g, Node logits) {
      return g.named(output()).argmax(logits);
    }

    @Override
    public List<Candidates> candidates(Execution execution) {
      List<Candidates> rows = new ArrayList<>();
      for (int id : execution.readInts(output())) {
        rows.add(new Candidates(new int[] {id}, new float[1]));
      }
      return rows;
    }
  }

  /// F32 `[r, 2 · count]`: in each row the logits, falling, then the ids, so that one read fetches
  /// both.
  record Top(int count) implements Best {
    @Override
    public String output() {
      return "best";
    }

    @Override
    public Node node(GraphBuilder g, Node logits) {
      GraphBuilder steps = g.scope(output());
      Node ids = steps.named("ids").topK(logits, count);
      Node values = Compositions.elementsAt(steps, logits, ids);
      return g.named(output()).concat(1, values, steps.cast(ids, DataType.F32));
    }

    @Override
    public List<Candidates> candidates(Execution execution) {
      float[] all = execution.readFloats(output());
      List<Candidates> rows = new ArrayList<>();
      for (int at = 0; at < all.length; at += 2 * count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
          ids[i] = (int) all[at + count + i];
        }
        rows.add(new Candidates(ids, Arrays.copyOfRange(all, at, at + count)));
      }
      return rows;
    }
  }
}
