package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Copy;
import org.jgml.core.op.Norm;

/// How a model normalises rows, with what it learned.
@GraphVocabulary
enum Normalisation {
  /// Not at all.
  NONE {
    @Override
    Node apply(GraphBuilder g, ModelTensors tensors, Node x, String tensor, String name) {
      return g.named(name).apply(new Copy(), x);
    }
  },
  /// By the root of the mean square (Zhang and Sennrich 2019), times a scale.
  RMS {
    @Override
    Node apply(GraphBuilder g, ModelTensors tensors, Node x, String tensor, String name) {
      Node scale = tensors.vector(g, tensor + ".weight", x.type().shape().rowLength());
      return g.named(name).rmsNorm(x, scale, tensors.hyperparameters().normEpsilon());
    }
  },
  /// By the root of the mean square, then through two matrices, if the file has them. A mean of
  /// rows is projected as rows are, so this may come before texts are pooled.
  PROJECTED_RMS {
    @Override
    Node apply(GraphBuilder g, ModelTensors tensors, Node x, String tensor, String name) {
      if (!tensors.has("dense_2.weight")) {
        return RMS.apply(g, tensors, x, tensor, name);
      }
      int width = tensors.hyperparameters().embeddingLength();
      Node normed = RMS.apply(g, tensors, x, tensor, name + ".rms");
      Node inner = g.matmul(normed, tensors.rows(g, "dense_2.weight", width));
      long length = inner.type().shape().rowLength();
      return g.named(name).matmul(inner, tensors.rows(g, "dense_3.weight", length));
    }
  },
  /// To mean 0 and variance 1, and no more.
  STANDARD {
    @Override
    Node apply(GraphBuilder g, ModelTensors tensors, Node x, String tensor, String name) {
      return g.named(name).apply(new Norm(tensors.hyperparameters().normEpsilon()), x);
    }
  },
  /// To mean 0 and variance 1 (Ba et al. 2016), times a scale, plus a bias if the file has one.
  LAYER {
    @Override
    Node apply(GraphBuilder g, ModelTensors tensors, Node x, String tensor, String name) {
      long width = x.type().shape().rowLength();
      Node standardised = g.apply(new Norm(tensors.hyperparameters().normEpsilon()), x);
      Node scale = tensors.vector(g, tensor + ".weight", width);
      if (!tensors.has(tensor + ".bias")) {
        return g.named(name).mul(standardised, scale);
      }
      Node bias = tensors.vector(g, tensor + ".bias", width);
      return g.named(name).add(g.mul(standardised, scale), bias);
    }
  };

  /// @param tensor name of the learned vectors without their ending
  /// @param name the name of the result
  abstract Node apply(GraphBuilder g, ModelTensors tensors, Node x, String tensor, String name);
}
