package org.jgml.models.quantisation;

import java.util.List;

/// What a tensor is in the model, as far as rules for types care, told from its name.
enum TensorRole {
  OUTPUT,
  TOKEN_EMBEDDING,
  ATTENTION_VALUE,
  ATTENTION_KEY,
  ATTENTION_QUERY,
  ATTENTION_OUTPUT,
  FEED_FORWARD_UP,
  FEED_FORWARD_GATE,
  FEED_FORWARD_DOWN,
  OTHER;

  /// Parts of names of weights that are small, or of which every bit counts.
  private static final List<String> PRECISE =
      List.of(
          "_norm.weight",
          "ffn_gate_inp.weight",
          "ffn_gate_tid2eid.weight",
          "altup",
          "laurel",
          "per_layer_model_proj",
          "ssm_conv1d",
          "shortconv.conv.weight",
          "indexer.k_proj.weight",
          "indexer.q_proj.weight",
          "time_mix_first.weight",
          "time_mix_w0.weight",
          "time_mix_w1.weight",
          "time_mix_w2.weight",
          "time_mix_v0.weight",
          "time_mix_v1.weight",
          "time_mix_v2.weight",
          "time_mix_a0.weight",
          "time_mix_a1.weight",
          "time_mix_a2.weight",
          "time_mix_g1.weight",
          "time_mix_g2.weight",
          "time_mix_decay_w1.weight",
          "time_mix_decay_w2.weight",
          "time_mix_lerp_fused.weight",
          "attn_rel_b.weight",
          ".position_embd",
          "sam.pos_embd",
          "sam.neck.",
          "sam.net_",
          ".rel_pos",
          ".patch_embd",
          ".patch_merger",
          "a.rvq.codebook",
          "mm.a.code_embd");

  private static final List<String> PRECISE_NAMES =
      List.of("position_embd.weight", "token_types.weight");

  static TensorRole of(String name) {
    if (name.equals("output.weight")) {
      return OUTPUT;
    }
    if (name.equals("token_embd.weight") || name.equals("per_layer_token_embd.weight")) {
      return TOKEN_EMBEDDING;
    }
    return ofBlock(name);
  }

  private static TensorRole ofBlock(String name) {
    if (name.contains("attn_qkv.weight")
        || name.contains("attn_kv_b.weight")
        || name.contains("attn_v.weight")) {
      return ATTENTION_VALUE;
    }
    if (name.contains("attn_k.weight")) {
      return ATTENTION_KEY;
    }
    if (name.contains("attn_q.weight")) {
      return ATTENTION_QUERY;
    }
    if (name.contains("attn_output.weight")) {
      return ATTENTION_OUTPUT;
    }
    if (name.contains("ffn_up")) {
      return FEED_FORWARD_UP;
    }
    if (name.contains("ffn_gate")) {
      return FEED_FORWARD_GATE;
    }
    return name.contains("ffn_down") ? FEED_FORWARD_DOWN : OTHER;
  }

  /// Whether a tensor of this name keeps the type that it has: norms, biases, routers, positions.
  static boolean keepsItsType(String name) {
    return !name.endsWith("weight")
        || PRECISE_NAMES.contains(name)
        || PRECISE.stream().anyMatch(name::contains);
  }
}
