package org.jgml.models;

import java.io.UncheckedIOException;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.FullKvCache;
import org.jgml.kvcache.KvCache;
import org.jgml.models.architecture.Architecture;
import org.jgml.models.architecture.DecoderGraph;
import org.jgml.models.architecture.DecoderGraph.Result;
import org.jgml.models.architecture.Hyperparameters;
import org.jgml.models.architecture.ModelTensors;
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
  }

  /// Reads and checks the model of a file, which must stay open.
  ///
  /// @throws GgufException if something is missing, does not fit, or is not supported
  public static ModelDefinition read(GgufFile file) throws GgufException {
    ModelDefinition definition = new ModelDefinition(file);
    try {
      // The builders look at every tensor that the model needs.
      definition.graph(new FullKvCache(1, DataType.F32, DataType.F32), 1, 1, Result.LOGITS);
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
    return new DecoderGraph(architecture, tensors, cache, vocabularySize)
        .build(tokens, outputs, result);
  }

  /// The same graph; its nodes know the source lines that built them.
  Graph tracedGraph(KvCache cache, int tokens, int outputs, Result result) {
    return new DecoderGraph(architecture, tensors, cache, vocabularySize)
        .build(new GraphBuilder().trace(true), tokens, outputs, result);
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
