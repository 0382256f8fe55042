package org.jgml.models.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.BlockStorage;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.InfLlmParameters.FarMask;
import org.jgml.kvcache.MissedMass;
import org.jgml.kvcache.WindowKvCache.SinkPositions;
import org.jgml.kvcache.tier.ReplacementPolicy;
import picocli.CommandLine.Option;

/// Options on which tokens a session remembers. Parameters have the names of the published InfLLM.
final class CacheOptions {
  /// Kinds of caches.
  enum Kind {
    FULL,
    WINDOW,
    INFLLM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int BOX_TOKENS = 16;
  private static final String REPORT = "report";

  @Option(
      names = "--kv",
      paramLabel = "KIND",
      split = ",",
      description =
          "What is remembered: full (all tokens), window (the first and the last), infllm (these,"
              + " and blocks of the others that matter to a query). Default: full.")
  private List<Kind> kinds = List.of();

  @Option(
      names = "--infllm-preset",
      paramLabel = "NAME",
      description =
          "Parameters to begin with: mistral (as are llama-3 and qwen), mistral-12k, vicuna (as is"
              + " minicpm), paper-mistral or paper-llama-3 (default: mistral).")
  private String preset = InfLlmPreset.DEFAULT;

  @Option(
      names = "--n-init",
      paramLabel = "N",
      description = "Tokens at the beginning that are always seen.")
  private Integer initial;

  @Option(
      names = "--n-local",
      paramLabel = "N",
      description = "Tokens of the window, up to a query's own.")
  private Integer local;

  @Option(names = "--block-size", paramLabel = "N", description = "Tokens of a block.")
  private Integer blockSize;

  @Option(
      names = "--topk",
      paramLabel = "N",
      description = "Blocks that are looked at. (--top-k is a sampler.)")
  private Integer selected;

  @Option(
      names = "--exc-block-size",
      paramLabel = "N",
      description = "Tokens of a prompt that choose blocks together.")
  private Integer slice;

  @Option(
      names = "--max-cached-block",
      paramLabel = "N",
      description = "Blocks of a layer that are on the device (default: twice --topk).")
  private Integer pooled;

  @Option(
      names = "--cache-strategy",
      paramLabel = "NAME",
      description = "Which block makes room there: lru, lru-s or fifo (default: lru).")
  private String strategy = "lru";

  @Option(
      names = "--score-decay",
      paramLabel = "X",
      description = "How much of its score a block keeps with lru-s (default: 0.1).")
  private double decay = 0.1;

  @Option(
      names = "--repr-topk",
      paramLabel = "N",
      description = "Tokens of a block that represent it (default: 4).")
  private int representatives = 4;

  @Option(
      names = "--scorer",
      paramLabel = "NAME",
      description =
          "What blocks are chosen by: representatives, representatives-per-key-head,"
              + " representatives-by-product (the paper's formula), mean, boxes or union"
              + " (representatives and boxes). Default: representatives.")
  private ScorerName scorer = ScorerName.REPRESENTATIVES;

  @Option(
      names = "--box-size",
      paramLabel = "N",
      description = "Tokens of a box, for boxes and union (default: 16, or --block-size if less).")
  private Integer boxTokens;

  @Option(
      names = "--scan-blocks",
      paramLabel = "N",
      description =
          "Blocks that are compared with a query; if there are more, groups of 32 are compared"
              + " first (default: 1024).")
  private Integer scannedBlocks;

  @Option(
      names = "--selection-steps",
      paramLabel = "N",
      description = "Generated tokens that share a selection (default: ${DEFAULT-VALUE}).")
  private int selectionSteps = 1;

  @Option(
      names = "--missed",
      paramLabel = "report|X",
      description =
          "Bound the attention that each generated token misses: report it, or look at more blocks"
              + " until it is less than X (0 to 1) or the pool is full. Needs --scorer boxes or"
              + " union.")
  private String missed;

  @Option(
      names = "--index-type",
      paramLabel = "TYPE",
      converter = CacheType.class,
      description = "Type of what blocks are chosen by (default: f16).")
  private DataType indexType = DataType.F16;

  @Option(
      names = "--compat",
      description = "Mask tokens between blocks and window as the published code does.")
  private boolean compatible;

  @Option(
      names = "--stream-llm",
      description = "With --kv window: the first tokens seem to stand right before the window.")
  private boolean streaming;

  @Option(
      names = "--kv-file",
      paramLabel = "FILE",
      description = "Keep blocks in this file instead of memory.")
  private Path file;

  @Option(
      names = "--kv-memory",
      paramLabel = "BYTES",
      description = "Most bytes of blocks in memory (default: no limit).")
  private long memory = Long.MAX_VALUE;

  /// Whether a kind was asked for.
  boolean isChosen() {
    return !kinds.isEmpty();
  }

  /// The kinds that were asked for, one after the other.
  List<Kind> kinds() {
    return isChosen() ? kinds : List.of(Kind.FULL);
  }

  /// The kind, if one was asked for.
  ///
  /// @throws UsageException if several were
  Kind only() {
    if (kinds().size() != 1) {
      throw new UsageException("--kv names %d kinds. Fix: give one".formatted(kinds.size()));
    }
    return kinds().getFirst();
  }

  /// A kind with the parameters that were given.
  CacheKind kind(Kind kind) {
    return UsageException.checked(() ->
        switch (kind) {
          case FULL -> new CacheKind.Full();
          case WINDOW -> window();
          case INFLLM -> new CacheKind.InfLlm(parameters());
        });
  }

  private CacheKind window() {
    InfLlmParameters usual = InfLlmPreset.parameters(preset);
    return new CacheKind.Window(
        or(initial, usual.initialTokens()),
        or(local, usual.localWindow()),
        streaming ? SinkPositions.STREAMING_LLM : SinkPositions.LM_INFINITE);
  }

  private InfLlmParameters parameters() {
    InfLlmParameters usual = InfLlmPreset.parameters(preset);
    int window = or(local, usual.localWindow());
    int blocks = or(selected, usual.selection().blocks());
    InfLlmParameters sized =
        usual
            .withWindow(
                or(initial, usual.initialTokens()),
                window,
                or(slice, Math.min(window, usual.sliceLength())))
            .withSelection(BlockSelection.of(0, new BlockScorer.MeanKey()))
            .withBlocks(or(blockSize, usual.blockSize()), blocks);
    return sized
        .withPool(or(pooled, sized.pooledBlocks()), ReplacementPolicy.named(strategy, decay))
        .withMask(compatible ? FarMask.COMPATIBLE : FarMask.EXACT)
        .withSelection(selection(blocks, sized.blockSize()));
  }

  private BlockSelection selection(int blocks, int size) {
    BlockScorer chosen = scorer.scorer(representatives, or(boxTokens, Math.min(BOX_TOKENS, size)));
    BlockSelection selection = BlockSelection.of(blocks, chosen);
    return selection
        .withIndexType(indexType)
        .withScannedBlocks(or(scannedBlocks, selection.scannedBlocks()))
        .withSteps(selectionSteps)
        .withMissed(missed());
  }

  private MissedMass missed() {
    if (missed == null) {
      return new MissedMass.Ignored();
    }
    if (missed.equals(REPORT)) {
      return new MissedMass.Reported();
    }
    try {
      return new MissedMass.Limited(Double.parseDouble(missed));
    } catch (NumberFormatException _) {
      throw new UsageException(
          "--missed is '%s'. Fix: give report, or a share from 0 to 1".formatted(missed));
    }
  }

  /// Whether the attention that each token misses is bounded.
  boolean boundsMissedAttention() {
    return missed != null;
  }

  /// Whether each of these bounds is wanted, not only their sum.
  boolean listsMissedAttention() {
    return REPORT.equals(missed);
  }

  private static int or(Integer given, int usual) {
    return given == null ? usual : given;
  }

  /// Where blocks are kept.
  BlockStorage storage() {
    return file == null
        ? UsageException.checked(() -> BlockStorage.inMemory(memory))
        : BlockStorage.inFile(file);
  }
}
