package org.jgml.models.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.op.Rope;
import org.jgml.kvcache.CacheGraph;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.NearestName;

/// The architectures that this engine can build, by the name that GGUF files give them.
///
/// The rotation style is not in the files: converters interleave the rows of queries and keys for
/// `llama` and its closest relatives, so that adjacent pairs rotate; other architectures rotate
/// split halves.
public enum Architecture {
  LLAMA(Rope.Style.NORMAL, new LlamaBlock()),
  LLAMA4(Rope.Style.NORMAL, new Llama4Block()),
  MISTRAL3(Rope.Style.NORMAL, new Mistral3Block()),
  INTERNLM2(Rope.Style.NORMAL, new LlamaBlock()),
  XVERSE(Rope.Style.NORMAL, new LlamaBlock()),
  ERNIE4_5(Rope.Style.NORMAL, new LlamaBlock()),
  ERNIE4_5_MOE("ernie4_5-moe", Rope.Style.NORMAL, new Ernie45MoeBlock()),
  EXAONE(Rope.Style.NEOX, new LlamaBlock()),
  QWEN2(Rope.Style.NEOX, new LlamaBlock()),
  QWEN2MOE(Rope.Style.NEOX, new Qwen2MoeBlock()),
  QWEN2VL(Rope.Style.NEOX, new LlamaBlock()),
  QWEN3(Rope.Style.NEOX, new Qwen3Block()),
  QWEN3MOE(Rope.Style.NEOX, new Qwen3Block()),
  QWEN3VL(Rope.Style.NEOX, new Qwen3Block()),
  QWEN3VLMOE(Rope.Style.NEOX, new Qwen3Block()),
  GEMMA(Rope.Style.NEOX, new GemmaBlock()),
  GEMMA2(Rope.Style.NEOX, new Gemma2Block()),
  GEMMA3(Rope.Style.NEOX, new Gemma3Block()),
  GEMMA3N(Rope.Style.NEOX, new Gemma3nBlock()),
  GEMMA4(Rope.Style.NEOX, new Gemma4Block()),
  PHI3(Rope.Style.NEOX, new Phi3Block()),
  PHI2(Rope.Style.NEOX, new Phi2Block()),
  OLMO2(Rope.Style.NEOX, new Olmo2Block()),
  OLMOE(Rope.Style.NEOX, new OlmoeBlock()),
  GRANITE(Rope.Style.NORMAL, new GraniteBlock()),
  GRANITEMOE(Rope.Style.NORMAL, new GraniteBlock()),
  MINICPM(Rope.Style.NORMAL, new GraniteBlock()),
  BITNET(Rope.Style.NEOX, new BitNetBlock()),
  PANGU_EMBEDDED("pangu-embedded", Rope.Style.NEOX, new LlamaBlock()),
  MAINCODER(Rope.Style.NORMAL, new HunYuanBlock()),
  MINICPM3(Rope.Style.NEOX, new GraniteBlock()),
  PLM(Rope.Style.NORMAL, new PlmBlock()),
  SMALLTHINKER(Rope.Style.NEOX, new SmallThinkerBlock()),
  OPENELM(Rope.Style.NEOX, new Qwen3Block()),
  DECI(Rope.Style.NORMAL, new DeciBlock()),
  SMOLLM3(Rope.Style.NORMAL, new SmolLm3Block()),
  SEED_OSS(Rope.Style.NEOX, new SeedOssBlock()),
  ARCEE(Rope.Style.NORMAL, new ArceeBlock()),
  STARCODER2(Rope.Style.NEOX, new Gpt2Block(false)),
  CHATGLM(Rope.Style.NORMAL, new Phi3Block()),
  GLM4(Rope.Style.NORMAL, new Glm4Block()),
  STABLELM(Rope.Style.NEOX, new StableLmBlock()),
  COMMAND_R("command-r", Rope.Style.NORMAL, new CommandRBlock()),
  COHERE2(Rope.Style.NORMAL, new Cohere2Block()),
  GPTNEOX(Rope.Style.NEOX, new GptNeoxBlock()),
  FALCON(Rope.Style.NEOX, new FalconBlock()),
  ORION(Rope.Style.NEOX, new NormedBlock(Normalisation.LAYER)),
  OLMO(Rope.Style.NORMAL, new NormedBlock(Normalisation.STANDARD)),
  GPT2(new Gpt2Block(true)),
  STARCODER(new Gpt2Block(true)),
  CODESHELL(Rope.Style.NEOX, new Gpt2Block(false)),
  BLOOM(new MptBlock()),
  MPT(new MptBlock()),
  JAIS(new JaisBlock()),
  REFACT(new LlamaBlock()),
  BAICHUAN(Rope.Style.NORMAL, new LlamaBlock()),
  QWEN(Rope.Style.NEOX, new QwenBlock()),
  PLAMO(Rope.Style.NEOX, new PlamoBlock()),
  DBRX(Rope.Style.NEOX, new DbrxBlock()),
  ARCTIC(Rope.Style.NORMAL, new ArcticBlock()),
  NEMOTRON(Rope.Style.NEOX, new NemotronBlock()),
  JAIS2(Rope.Style.NEOX, new NemotronBlock()),
  MELLUM(Rope.Style.NEOX, new MellumBlock()),
  LAGUNA(Rope.Style.NEOX, new LagunaBlock()),
  HY_V3(Rope.Style.NEOX, new Dots1Block()),
  EXAONE4(Rope.Style.NEOX, new Exaone4Block()),
  DEEPSEEK(Rope.Style.NORMAL, new DeepSeekBlock()),
  DEEPSEEK2(Rope.Style.NORMAL, new DeepSeek2Block()),
  BAILINGMOE(Rope.Style.NORMAL, new DeepSeekBlock()),
  BAILINGMOE2(Rope.Style.NEOX, new BailingMoe2Block()),
  AFMOE(Rope.Style.NEOX, new AfmoeBlock()),
  EXAONE_MOE("exaone-moe", Rope.Style.NEOX, new ExaoneMoeBlock()),
  MISTRAL4(Rope.Style.NORMAL, new DeepSeek2Block()),
  DOTS1(Rope.Style.NEOX, new Dots1Block()),
  GLM4MOE(Rope.Style.NEOX, new Glm4MoeBlock()),
  LFM2(Rope.Style.NEOX, new Lfm2Block()),
  LFM2MOE(Rope.Style.NEOX, new Lfm2Block()),
  MAMBA(new MambaBlock()),
  MAMBA2(new MambaBlock()),
  JAMBA(new JambaBlock()),
  GRANITEHYBRID(Rope.Style.NORMAL, new GraniteBlock()),
  FALCON_H1("falcon-h1", Rope.Style.NEOX, new FalconH1Block()),
  NEMOTRON_H(new NemotronHBlock()),
  NEMOTRON_H_MOE(new NemotronHBlock()),
  KIMI_LINEAR("kimi-linear", new KimiLinearBlock()),
  QWEN3NEXT(Rope.Style.NEOX, new QwenHybridBlock(DeltaNet.Heads.IN_GROUPS)),
  QWEN35(Rope.Style.NEOX, new QwenHybridBlock(DeltaNet.Heads.IN_TURNS)),
  QWEN35MOE(Rope.Style.NEOX, new QwenHybridBlock(DeltaNet.Heads.IN_TURNS)),
  HUNYUAN_DENSE("hunyuan-dense", Rope.Style.NEOX, new HunYuanBlock()),
  HUNYUAN_MOE("hunyuan-moe", Rope.Style.NEOX, new HunYuanBlock()),
  MINIMAX_M2("minimax-m2", Rope.Style.NEOX, new MiniMaxM2Block()),
  MIMO2(Rope.Style.NEOX, new Mimo2Block()),
  APERTUS(Rope.Style.NEOX, new ApertusBlock()),
  GPT_OSS("gpt-oss", Rope.Style.NEOX, new GptOssBlock()),
  BERT(new BertBlock()),
  NOMIC_BERT("nomic-bert", Rope.Style.NEOX, new NomicBertBlock()),
  JINA_BERT_V2("jina-bert-v2", new JinaBertBlock()),
  NOMIC_BERT_MOE("nomic-bert-moe", Rope.Style.NEOX, new NomicBertMoeBlock()),
  JINA_BERT_V3("jina-bert-v3", Rope.Style.NEOX, new NomicBertMoeBlock()),
  NEO_BERT("neo-bert", Rope.Style.NORMAL, new WholeTextBlock(new Phi3Block(), "enc.output_norm")),
  EUROBERT(Rope.Style.NEOX, new WholeTextBlock(new LlamaBlock())),
  LLAMA_EMBED("llama-embed", Rope.Style.NORMAL, new WholeTextBlock(new LlamaBlock())),
  MODERN_BERT("modern-bert", Rope.Style.NEOX, new ModernBertBlock()),
  GEMMA_EMBEDDING("gemma-embedding", Rope.Style.NEOX, new GemmaEmbeddingBlock());

  private final String fileName;
  private final Optional<Rope.Style> ropeStyle;
  private final Block block;

  Architecture(Rope.Style ropeStyle, Block block) {
    this.fileName = name().toLowerCase(Locale.ROOT);
    this.ropeStyle = Optional.of(ropeStyle);
    this.block = block;
  }

  /// One that rotates nothing.
  Architecture(Block block) {
    this.fileName = name().toLowerCase(Locale.ROOT);
    this.ropeStyle = Optional.empty();
    this.block = block;
  }

  Architecture(String fileName, Rope.Style ropeStyle, Block block) {
    this.fileName = fileName;
    this.ropeStyle = Optional.of(ropeStyle);
    this.block = block;
  }

  /// One that rotates nothing.
  Architecture(String fileName, Block block) {
    this.fileName = fileName;
    this.ropeStyle = Optional.empty();
    this.block = block;
  }

  /// How it pairs the elements that it rotates; empty if it rotates none.
  Optional<Rope.Style> ropeStyle() {
    return ropeStyle;
  }

  Block block() {
    return block;
  }

  /// Whether every token of a text sees every other, so that a model makes vectors of texts and
  /// does not continue them.
  public boolean readsWholeTexts() {
    return block.readsWholeTexts();
  }

  /// Attention within a text of so many tokens, if the architecture reads whole texts.
  public CacheGraph wholeText(GraphBuilder g, int tokens) {
    return new WholeText(g, tokens);
  }

  /// The architecture that a file declares.
  ///
  /// @throws GgufException if it is not supported, naming those that are and the nearest
  public static Architecture read(GgufMetadata metadata) throws GgufException {
    String key = "general.architecture";
    String name = metadata.requireString(key);
    List<String> names = Arrays.stream(values()).map(Architecture::fileName).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      String expected = "one of %s (the nearest is %s)";
      throw metadata.malformed(
          key, expected.formatted(String.join(", ", names), NearestName.of(name, names)));
    }
    values()[index].requireReading(metadata);
    return values()[index];
  }

  /// Some publishers train a model that continues texts to read whole ones, under its old name.
  private void requireReading(GgufMetadata metadata) throws GgufException {
    String key = fileName + ".attention.causal";
    boolean isUsual = !readsWholeTexts();
    if (metadata.bool(key).orElse(isUsual) != isUsual) {
      throw metadata.malformed(key, isUsual + ": nothing else is supported for " + fileName);
    }
  }

  /// The name in files.
  String fileName() {
    return fileName;
  }
}
