package org.jgml.cpu.matmul;

/// How a product wants its activations prepared.
///
/// Products with equal layouts can share one preparation of the same activations.
///
/// @param order name of the order of the elements
/// @param m number of tokens
/// @param k elements of one token
/// @param bytes size of the prepared activations
/// @param parts number of independent pieces of the preparation, which threads may divide
public record ActivationLayout(String order, int m, int k, long bytes, int parts) {}
