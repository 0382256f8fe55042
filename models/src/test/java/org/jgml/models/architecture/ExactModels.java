package org.jgml.models.architecture;

import static org.jgml.models.architecture.ExactTransformer.WIDTH;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Every architecture that continues texts, as a small model with random weights and equations in
/// double precision, and how many tokens to read.
final class ExactModels {
  private static final int USUAL_TOKENS = 40;

  private ExactModels() {}

  static Stream<Arguments> all() {
    return Stream.of(
            llamas(),
            gemmas(),
            dense(),
            layerNorms(),
            parallel(),
            mixtures(),
            sharedExperts(),
            latents(),
            recurrent())
        .flatMap(family -> family);
  }

  private static Arguments model(String name, ExactTransformer model) {
    return model(name, model, USUAL_TOKENS);
  }

  private static Arguments model(String name, ExactTransformer model, int tokens) {
    return Arguments.of(name, model, tokens);
  }

  /// Llama, and those that change little of it.
  private static Stream<Arguments> llamas() {
    return Stream.of(
        model("apertus", ExactArchitectures.apertus()),
        model("arcee", ExactArchitectures.arcee()),
        model("baichuan", ExactLlamas.baichuan(2)),
        model("baichuan 13B", ExactLlamas.baichuan(40), 9),
        model("bitnet", ExactLlamas.bitnet()),
        model("llama, one matrix for all heads", ExactLlamas.joined()),
        model("mistral3", ExactLongTexts.mistral3()),
        model("pangu-embedded", ExactLlamas.pangu()),
        model("plamo", ExactLlamas.plamo()),
        model("qwen", ExactLlamas.qwen()),
        model("refact", ExactLlamas.refact()),
        model("seed_oss", ExactArchitectures.seedOss()),
        model("smollm3", ExactArchitectures.smollm3()));
  }

  private static Stream<Arguments> gemmas() {
    return Stream.of(
        model("gemma", ExactGemmas.gemma()),
        model("gemma2", ExactGemmas.gemma2(4)),
        model("gemma2 27B", ExactGemmas.gemma2(46), 9),
        model("gemma3", ExactGemmas.gemma3(7)),
        model("gemma3 27B", ExactGemmas.gemma3(62), 9),
        model("gemma3n", new ExactGemma3n(new ExactGemma3n.Sizes(10, 5, 3, 12, 8))),
        model("gemma4", ExactGemma4.small()),
        model("gemma4, a mixture", ExactGemma4.mixture()));
  }

  /// With other norms, projections or sizes than Llama.
  private static Stream<Arguments> dense() {
    return Stream.of(
        model("chatglm", ExactArchitectures.chatglm()),
        model("deci", ExactPruned.deci()),
        model("exaone4", ExactArchitectures.exaone4(0)),
        model("exaone4 with windows", ExactArchitectures.exaone4(6)),
        model("glm4", ExactArchitectures.glm4()),
        model("granite", ExactGranites.granite()),
        model("hunyuan-dense", ExactHunYuans.dense()),
        model("maincoder", ExactHunYuans.maincoder()),
        model("minicpm", ExactGranites.miniCpm()),
        model("olmo", ExactLlamas.olmo()),
        model("olmo2", ExactArchitectures.olmo2(0)),
        model("olmo2 with windows", ExactArchitectures.olmo2(6)),
        model("openelm", ExactPruned.openElm()),
        model("phi3 up to its trained length", ExactArchitectures.phi3(false), 20),
        model("phi3 beyond its trained length", ExactArchitectures.phi3(true)));
  }

  /// With layer norms; some learned their positions, or put distances into scores.
  private static Stream<Arguments> layerNorms() {
    return Stream.of(
        model("bloom", ExactGpts.bloom()),
        model("codeshell", ExactGpts.codeshell()),
        model("gpt2", ExactGpts.gpt2()),
        model("jais", ExactGpts.jais()),
        model("jais2", ExactParallel.jais2()),
        model("mpt", ExactGpts.mpt(false)),
        model("mpt, positions and norms", ExactGpts.mpt(true)),
        model("nemotron", ExactParallel.nemotron()),
        model("orion", ExactParallel.orion()),
        model("starcoder", ExactGpts.starcoder()),
        model("starcoder2", ExactLayerNorms.starcoder2()));
  }

  /// Whose attention and feed-forward part read the same stream.
  private static Stream<Arguments> parallel() {
    return Stream.of(
        model("cohere2", ExactParallel.cohere2()),
        model("command-r", ExactParallel.commandR(false)),
        model("command-r plus", ExactParallel.commandR(true)),
        model("falcon", ExactParallel.falcon(1)),
        model("falcon 40B", ExactParallel.falcon(2)),
        model("gptneox", ExactParallel.gptneox(true)),
        model("gptneox one after the other", ExactParallel.gptneox(false)),
        model("phi2", ExactLayerNorms.phi2()),
        model("stablelm", ExactParallel.stablelm(true)),
        model("stablelm side by side", ExactParallel.stablelm(false)));
  }

  /// Whose experts are each for some tokens.
  private static Stream<Arguments> mixtures() {
    return Stream.of(
        model("arctic", ExactLlamas.arctic()),
        model("dbrx", ExactLlamas.dbrx()),
        model("ernie4_5-moe", ExactMixtures.ernie(1)),
        model("ernie4_5-moe, experts in every other layer", ExactMixtures.ernie(2)),
        model("gpt-oss", new ExactGptOss()),
        model("granitemoe", ExactGranites.graniteMoe(false)),
        model("hunyuan-moe", ExactHunYuans.mixture()),
        model("mellum", ExactWindowed.mellum()),
        model("mimo2", new ExactMimo2()),
        model("minimax-m2", ExactMixtures.minimaxM2()),
        model("mixtral", ExactMixtures.mixtral(false)),
        model("mixtral, a tensor an expert", ExactMixtures.mixtral(true)),
        model("olmoe", ExactMixtures.olmoe()),
        model("qwen3moe", ExactMixtures.qwen3moe()),
        model("smallthinker", ExactMixtures.smallThinker(0)),
        model("smallthinker with windows", ExactMixtures.smallThinker(6)));
  }

  /// With an expert for every token beside those.
  private static Stream<Arguments> sharedExperts() {
    return Stream.of(
        model("afmoe", ExactSharedExperts.afmoe()),
        model("bailingmoe", ExactDeepSeeks.bailing()),
        model("bailingmoe2", new ExactBailing()),
        model("deepseek", ExactDeepSeeks.deepseek()),
        model("deepseek, experts in groups", ExactDeepSeeks.deepseekInGroups()),
        model("dots1", ExactDeepSeeks.dots1()),
        model("exaone-moe", ExactSharedExperts.exaone()),
        model("exaone-moe, experts in groups", ExactSharedExperts.exaoneInGroups()),
        model("glm4moe", ExactDeepSeeks.glm4moe()),
        model("granitemoe, an expert for all", ExactGranites.graniteMoe(true)),
        model("hy_v3", ExactDeepSeeks.hunYuan3()),
        model("laguna", ExactWindowed.laguna(false)),
        model("laguna with windows", ExactWindowed.laguna(true)),
        model("llama4", ExactLongTexts.llama4(12)),
        model("llama4 without chunks", ExactLongTexts.llama4(0)),
        model("qwen2moe", ExactMixtures.qwen2moe(WIDTH)),
        model("qwen2moe, its gate a matrix", ExactMixtures.qwen2moe(1, WIDTH)));
  }

  /// Whose keys and values are made from one short row a token.
  private static Stream<Arguments> latents() {
    return Stream.of(
        model("deepseek2 lite", ExactDeepSeeks.deepseek2(false, false)),
        model("deepseek2 lite in parts", ExactDeepSeeks.deepseek2(true, false)),
        model("deepseek2", ExactDeepSeeks.deepseek2(false, true)),
        model("deepseek2 in parts", ExactDeepSeeks.deepseek2(true, true)),
        model("minicpm3", ExactLatents.miniCpm3()),
        model("mistral4", ExactDeepSeeks.mistral4()),
        model("plm", ExactLatents.plm()));
  }

  /// Some or all of whose layers keep a state.
  private static Stream<Arguments> recurrent() {
    return Stream.of(
        model("falcon-h1", new ExactFalconH1()),
        model("granitehybrid", new ExactGraniteHybrid()),
        model("jamba", ExactMamba.jamba()),
        model("kimi-linear", new ExactKimi()),
        model("lfm2", ExactLfm2.dense()),
        model("lfm2moe", ExactLfm2.mixture()),
        model("mamba", ExactMamba.mamba()),
        model("mamba, norms without scales", ExactMamba.normed()),
        model("mamba2", new ExactMamba2Alone()),
        model("nemotron_h", ExactNemotronH.dense()),
        model("nemotron_h_moe", ExactNemotronH.mixture()),
        model("nemotron_h_moe, shorter rows", ExactNemotronH.latentMixture()),
        model("qwen35", ExactQwenHybrid.of("qwen35")),
        model("qwen35moe", ExactQwenHybrid.of("qwen35moe")),
        model("qwen3next", ExactQwenHybrid.of("qwen3next")),
        model("qwen3next in fewer tensors", ExactQwenHybrid.joined()));
  }
}
