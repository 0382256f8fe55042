package org.jgml.models.architecture;

import java.util.BitSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufException;

/// The layers of a model that do not attend to earlier tokens, and the sizes of what layers compute
/// that keep a state of a fixed size, where an architecture has them.
///
/// @param layers which layers do not attend: they keep a state instead, or are a feed-forward part
///   alone
/// @param kernel tokens that a convolution along the text sees, with a token's own
/// @param keyHeads heads of queries and keys
/// @param valueHeads heads of values; `valueHeads / keyHeads` share a key head
/// @param keySize elements of a head of keys
/// @param valueSize elements of a head of values
/// @param stepRank length of the rows that time steps are made from, where they are; else 0
/// @param normsSteps whether time steps, keys and queries of Mamba are normed without a scale
public record Recurrence(
    BitSet layers,
    int kernel,
    int keyHeads,
    int valueHeads,
    int keySize,
    int valueSize,
    int stepRank,
    boolean normsSteps) {
  /// One layer in so many attends, where the files of these architectures do not say which ones do.
  private static final int USUAL_PERIOD = 4;

  private static final Set<String> PERIODIC = Set.of("qwen3next", "qwen35", "qwen35moe");

  /// Those of which each channel has a state of its own, as in the first Mamba.
  private static final Set<String> CHANNELWISE = Set.of("mamba", "jamba");

  static Recurrence read(ModelKeys keys, int blockCount) throws GgufException {
    BitSet layers = layers(keys, blockCount);
    boolean areEmpty = keys.architecture().equals(Architecture.DECI.fileName());
    if (areEmpty || layers.isEmpty() && !keys.has("ssm.conv_kernel")) {
      return of(layers, 0);
    }
    if (keys.has("shortconv.l_cache")) {
      return of(layers, kernel(keys, "shortconv.l_cache"));
    }
    if (keys.has("kda.head_dim")) {
      return ofKimi(keys, layers);
    }
    return CHANNELWISE.contains(keys.architecture())
        ? ofChannels(keys, layers)
        : ofHeads(keys, layers);
  }

  private static Recurrence ofKimi(ModelKeys keys, BitSet layers) throws GgufException {
    keys.require(
        "kda.safe_gate", !keys.isTrue("kda.safe_gate"), "false: such gates are not supported");
    int heads = keys.required(HeadSizes.HEADS);
    int size = keys.required("kda.head_dim");
    int kernel = kernel(keys, "ssm.conv_kernel");
    return new Recurrence(layers, kernel, heads, heads, size, size, 0, false);
  }

  /// No state but what a convolution sees.
  private static Recurrence of(BitSet layers, int kernel) {
    return new Recurrence(layers, kernel, 0, 0, 0, 0, 0, false);
  }

  private static Recurrence ofChannels(ModelKeys keys, BitSet layers) throws GgufException {
    return new Recurrence(
        layers,
        kernel(keys, "ssm.conv_kernel"),
        1,
        keys.required("ssm.inner_size"),
        keys.required("ssm.state_size"),
        1,
        keys.required("ssm.time_step_rank"),
        keys.isTrue("ssm.dt_b_c_rms"));
  }

  private static Recurrence ofHeads(ModelKeys keys, BitSet layers) throws GgufException {
    int keyHeads = keys.required("ssm.group_count");
    int valueHeads = keys.required("ssm.time_step_rank");
    int values = keys.required("ssm.inner_size");
    keys.require("ssm.group_count", valueHeads % keyHeads == 0, "a divisor of " + valueHeads);
    keys.require("ssm.inner_size", values % valueHeads == 0, "a multiple of " + valueHeads);
    return new Recurrence(
        layers,
        kernel(keys, "ssm.conv_kernel"),
        keyHeads,
        valueHeads,
        keys.required("ssm.state_size"),
        values / valueHeads,
        0,
        false);
  }

  private static int kernel(ModelKeys keys, String name) throws GgufException {
    keys.require(name, keys.required(name) > 1, "a number greater than 1");
    return keys.required(name);
  }

  /// Those without key heads, those that the file names, or all but each last of a period; all
  /// where there are no heads.
  private static BitSet layers(ModelKeys keys, int blockCount) throws GgufException {
    String named = "attention.recurrent_layers";
    if (!keys.isArray(HeadSizes.HEADS) && keys.nonNegative(HeadSizes.HEADS) == 0) {
      return where(blockCount, _ -> true);
    }
    if (keys.isArray(HeadSizes.KEY_HEADS)) {
      int[] heads = keys.ints(HeadSizes.KEY_HEADS, blockCount);
      return where(blockCount, layer -> heads[layer] == 0);
    }
    if (keys.isArray(named)) {
      int[] recurrent = keys.ints(named, blockCount);
      return where(blockCount, layer -> recurrent[layer] != 0);
    }
    boolean isPeriodic = PERIODIC.contains(keys.architecture());
    int period = keys.optional("full_attention_interval", isPeriodic ? USUAL_PERIOD : 1);
    return where(blockCount, layer -> (layer + 1) % period != 0);
  }

  private static BitSet where(int layers, IntPredicate claim) {
    return IntStream.range(0, layers).filter(claim).collect(BitSet::new, BitSet::set, BitSet::or);
  }

  /// Layers before this one that attend.
  int attendingBefore(int layer) {
    return layer - layers.get(0, layer).cardinality();
  }
}
