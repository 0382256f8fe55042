package org.jgml.models.architecture;

import java.util.Collections;
import java.util.List;
import org.jgml.core.graph.Compositions;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.SetSlice;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// What a layer remembers of earlier tokens in states of a fixed size, of which caches know
/// nothing.
@GraphVocabulary
record LayerMemory(Layer layer) {
  /// What the names of such states begin with.
  static final String PREFIX = "recurrent.";

  /// What the layer remembers under this name: zeros before the first token.
  Node state(String name, long... dims) {
    String state = PREFIX + layer.index() + "." + name;
    return layer.graph().state(state, TensorType.of(DataType.F32, dims));
  }

  /// Remembers something else from now on. The state must not be read any more.
  void remember(Node state, Node value) {
    List<Long> starts = Collections.nCopies(state.type().shape().rank(), 0L);
    layer.graph().apply(new SetSlice(starts, SetSlice.Update.REPLACE), state, value);
  }

  /// Convolves each column of `x` `[tokens, channels]` along the tokens with a kernel of its own,
  /// the last element of which meets the token itself.
  Node convolve(Node x, String name) {
    GraphBuilder g = layer.graph();
    int kernel = layer.model().recurrence().kernel();
    long channels = x.type().shape().dim(1);
    String weight = layer.tensor(name) + ".weight";
    Node taps = layer.tensors().columns(g, weight, kernel, channels);
    Node before = state(name, kernel - 1L, channels);
    Node all = g.concat(0, before, x);
    remember(before, g.slice(all, 0, x.type().shape().dim(0), kernel - 1L));
    return Compositions.slidingSum(g, all, taps);
  }
}
