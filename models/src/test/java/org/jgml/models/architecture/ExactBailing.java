package org.jgml.models.architecture;

import java.util.Arrays;
import java.util.stream.Stream;

/// Ling 2, from its equations: one matrix holds queries, keys and values, and experts are chosen
/// from the best groups.
final class ExactBailing extends ExactDeepSeekMoe {
  ExactBailing() {
    super("bailingmoe2", true);
    chooseInGroups();
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    addJoined(layer);
    file.matrix(layer + "attn_output.weight", WIDTH, HEADS * SIZE);
    addNorm(layer + "attn_q_norm", SIZE);
    addNorm(layer + "attn_k_norm", SIZE);
    addNorm(layer + "ffn_norm", WIDTH);
    addFeedForwardPart(layer);
  }

  private void addJoined(String layer) {
    double[] query = file.hidden(layer + "attn_q.weight", HEADS * SIZE, WIDTH);
    double[] key = file.hidden(layer + "attn_k.weight", KEY_HEADS * SIZE, WIDTH);
    double[] value = file.hidden(layer + "attn_v.weight", KEY_HEADS * SIZE, WIDTH);
    double[] all = Stream.of(query, key, value).flatMapToDouble(Arrays::stream).toArray();
    file.add(layer + "attn_qkv.weight", all, (HEADS + 2 * KEY_HEADS) * SIZE, WIDTH);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return normedAttention(layer, x, Turns.of(10000, false), EVERYTHING);
  }
}
