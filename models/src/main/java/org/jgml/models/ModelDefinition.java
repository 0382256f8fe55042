package org.jgml.models;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.State;
import org.jgml.core.tensor.TensorType;
import org.jgml.kvcache.CacheGraph;
import org.jgml.kvcache.KvCache;
import org.jgml.kvcache.LayerProbe;
import org.jgml.kvcache.LayerShape;
import org.jgml.kvcache.OwnKeys;
import org.jgml.kvcache.SideGraph;
import org.jgml.models.architecture.Architecture;
import org.jgml.models.architecture.Hyperparameters;
import org.jgml.models.architecture.ModelTensors;
import org.jgml.models.architecture.Result;
import org.jgml.models.architecture.TransformerGraph;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.tokenizer.Vocabulary;

/// The model that a GGUF file describes, checked: architecture, numbers, vocabulary and tensors fit
/// each other. Needs no device and allocates no tensor.
public final class ModelDefinition {
  private final Architecture architecture;
  private final Hyperparameters hyperparameters;
  private final ModelTensors tensors;
  private final int vocabularySize;
  private final Vocabulary vocabulary;

  private ModelDefinition(GgufFile file) throws GgufException {
    architecture = Architecture.read(file.metadata());
    hyperparameters = Hyperparameters.read(file.metadata());
    tensors = new ModelTensors(file, hyperparameters);
    vocabularySize = tensors.vocabularySize();
    vocabulary = Vocabulary.read(file.metadata());
    if (vocabulary.size() != 0 && vocabulary.size() != vocabularySize) {
      throw file.metadata()
          .malformed(
              "tokenizer.ggml.tokens",
              "%d tokens, one for each row of token_embd.weight".formatted(vocabularySize));
    }
    hyperparameters.gemma().requireSuppressible(file.metadata(), vocabularySize);
  }

  /// Reads and checks the model of a file, which must stay open.
  ///
  /// @throws GgufException if something is missing, does not fit, or is not supported
  public static ModelDefinition read(GgufFile file) throws GgufException {
    ModelDefinition definition = new ModelDefinition(file);
    try {
      // The builders look at every tensor that the model needs.
      definition.layers();
      definition.tensors.requireAllRead();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof GgufException problem) {
        throw problem;
      }
      throw e;
    }
    return definition;
  }

  /// The graph that reads `tokens` tokens and gives the results of `outputs` of them.
  Graph graph(KvCache cache, int tokens, int outputs, Result result) {
    return graph(new GraphBuilder(), cache, tokens, outputs, result);
  }

  /// The same graph; its nodes know the source lines that built them.
  Graph tracedGraph(KvCache cache, int tokens, int outputs, Result result) {
    return graph(new GraphBuilder().trace(true), cache, tokens, outputs, result);
  }

  private Graph graph(GraphBuilder g, KvCache cache, int tokens, int outputs, Result result) {
    return transformer().build(g, cache.graph(g, tokens), tokens, outputs, result);
  }

  /// A graph of a cache's own over the layers of the model.
  Graph graph(SideGraph side) {
    GraphBuilder g = new GraphBuilder();
    SideGraph.Part part = side.begin(g);
    transformer().build(g, new OwnKeys(part), 1, 1, Result.LOGITS);
    return g.buildNeeded(part.outputs().toArray(Node[]::new));
  }

  /// Whether the model makes vectors of whole texts and does not continue them.
  boolean encodes() {
    return architecture.readsWholeTexts();
  }

  /// The graph that reads a text and gives the hidden states of `outputs` of its tokens.
  ///
  /// @param g what makes it: empty
  Graph encodingGraph(GraphBuilder g, int tokens, int outputs) {
    CacheGraph attention = architecture.wholeText(g, tokens);
    return transformer().build(g, attention, tokens, outputs, Result.HIDDEN_STATES);
  }

  /// The attention of each layer that attends.
  List<LayerShape> layers() {
    GraphBuilder g = new GraphBuilder();
    LayerProbe probe = new LayerProbe(g);
    Result result = encodes() ? Result.HIDDEN_STATES : Result.LOGITS;
    transformer().build(g, new OwnKeys(probe), 1, 1, result);
    return probe.layers();
  }

  /// The states of recurrent layers, by name.
  Map<String, TensorType> recurrentStates() {
    if (encodes()) {
      return Map.of();
    }
    GraphBuilder g = new GraphBuilder();
    Graph graph = transformer().build(g, new LayerProbe(g), 1, 1, Result.LOGITS);
    return graph.nodes().stream()
        .filter(node -> node.op() instanceof State)
        .collect(Collectors.toMap(Node::name, Node::type));
  }

  /// The bytes of a weight of the graphs.
  ///
  /// @param allocator makes room for what the file holds in parts
  Optional<MemorySegment> weight(String name, SegmentAllocator allocator) {
    return tensors.bytes(name, allocator);
  }

  private TransformerGraph transformer() {
    return new TransformerGraph(architecture, tensors, vocabularySize);
  }

  public Hyperparameters hyperparameters() {
    return hyperparameters;
  }

  /// The number of logits.
  public int vocabularySize() {
    return vocabularySize;
  }

  /// The vocabulary; [Vocabulary#none] if the file has none.
  public Vocabulary vocabulary() {
    return vocabulary;
  }
}
