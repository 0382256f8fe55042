package org.jgml.models.architecture;

import static org.jgml.core.op.Rope.Style.NEOX;
import static org.jgml.core.op.Rope.Style.NORMAL;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.op.Rope;
import org.jgml.kvcache.CacheGraph;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.NearestName;

/// The architectures that this engine can build, in the order of the names that GGUF files give
/// them: a line is the name, the pairs that rotate, if any do, and the block.
///
/// The rotation style is not in the files: converters interleave the rows of queries and keys for
/// `llama` and its closest relatives, so that adjacent pairs rotate; other architectures rotate
/// split halves.
public enum Architecture {
  AFMOE("afmoe", NEOX, new AfmoeBlock()),
  APERTUS("apertus", NEOX, new ApertusBlock()),
  ARCEE("arcee", NORMAL, new ArceeBlock()),
  ARCTIC("arctic", NORMAL, new ArcticBlock()),
  BAICHUAN("baichuan", NORMAL, new LlamaBlock()),
  BAILINGMOE("bailingmoe", NORMAL, new DeepSeekBlock()),
  BAILINGMOE2("bailingmoe2", NEOX, new BailingMoe2Block()),
  BERT("bert", new BertBlock()),
  BITNET("bitnet", NEOX, new BitNetBlock()),
  BLOOM("bloom", new MptBlock()),
  CHATGLM("chatglm", NORMAL, new Phi3Block()),
  CODESHELL("codeshell", NEOX, new Gpt2Block(false)),
  COHERE2("cohere2", NORMAL, new Cohere2Block()),
  COMMAND_R("command-r", NORMAL, new CommandRBlock()),
  DBRX("dbrx", NEOX, new DbrxBlock()),
  DECI("deci", NORMAL, new DeciBlock()),
  DEEPSEEK("deepseek", NORMAL, new DeepSeekBlock()),
  DEEPSEEK2("deepseek2", NORMAL, new DeepSeek2Block()),
  DOTS1("dots1", NEOX, new Dots1Block()),
  ERNIE4_5("ernie4_5", NORMAL, new LlamaBlock()),
  ERNIE4_5_MOE("ernie4_5-moe", NORMAL, new Ernie45MoeBlock()),
  EUROBERT("eurobert", NEOX, new WholeTextBlock(new LlamaBlock())),
  EXAONE("exaone", NEOX, new LlamaBlock()),
  EXAONE_MOE("exaone-moe", NEOX, new ExaoneMoeBlock()),
  EXAONE4("exaone4", NEOX, new Exaone4Block()),
  FALCON("falcon", NEOX, new FalconBlock()),
  FALCON_H1("falcon-h1", NEOX, new FalconH1Block()),
  GEMMA("gemma", NEOX, new GemmaBlock()),
  GEMMA_EMBEDDING("gemma-embedding", NEOX, new GemmaEmbeddingBlock()),
  GEMMA2("gemma2", NEOX, new Gemma2Block()),
  GEMMA3("gemma3", NEOX, new Gemma3Block()),
  GEMMA3N("gemma3n", NEOX, new Gemma3nBlock()),
  GEMMA4("gemma4", NEOX, new Gemma4Block()),
  GLM4("glm4", NORMAL, new Glm4Block()),
  GLM4MOE("glm4moe", NEOX, new Glm4MoeBlock()),
  GPT_OSS("gpt-oss", NEOX, new GptOssBlock()),
  GPT2("gpt2", new Gpt2Block(true)),
  GPTNEOX("gptneox", NEOX, new GptNeoxBlock()),
  GRANITE("granite", NORMAL, new GraniteBlock()),
  GRANITEHYBRID("granitehybrid", NORMAL, new GraniteBlock()),
  GRANITEMOE("granitemoe", NORMAL, new GraniteBlock()),
  HUNYUAN_DENSE("hunyuan-dense", NEOX, new HunYuanBlock()),
  HUNYUAN_MOE("hunyuan-moe", NEOX, new HunYuanBlock()),
  HY_V3("hy_v3", NEOX, new Dots1Block()),
  INTERNLM2("internlm2", NORMAL, new LlamaBlock()),
  JAIS("jais", new JaisBlock()),
  JAIS2("jais2", NEOX, new NemotronBlock()),
  JAMBA("jamba", new JambaBlock()),
  JINA_BERT_V2("jina-bert-v2", new JinaBertBlock()),
  JINA_BERT_V3("jina-bert-v3", NEOX, new NomicBertMoeBlock()),
  KIMI_LINEAR("kimi-linear", new KimiLinearBlock()),
  LAGUNA("laguna", NEOX, new LagunaBlock()),
  LFM2("lfm2", NEOX, new Lfm2Block()),
  LFM2MOE("lfm2moe", NEOX, new Lfm2Block()),
  LLAMA("llama", NORMAL, new LlamaBlock()),
  LLAMA_EMBED("llama-embed", NORMAL, new WholeTextBlock(new LlamaBlock())),
  LLAMA4("llama4", NORMAL, new Llama4Block()),
  MAINCODER("maincoder", NORMAL, new HunYuanBlock()),
  MAMBA("mamba", new MambaBlock()),
  MAMBA2("mamba2", new MambaBlock()),
  MELLUM("mellum", NEOX, new MellumBlock()),
  MIMO2("mimo2", NEOX, new Mimo2Block()),
  MINICPM("minicpm", NORMAL, new GraniteBlock()),
  MINICPM3("minicpm3", NEOX, new GraniteBlock()),
  MINIMAX_M2("minimax-m2", NEOX, new MiniMaxM2Block()),
  MISTRAL3("mistral3", NORMAL, new Mistral3Block()),
  MISTRAL4("mistral4", NORMAL, new DeepSeek2Block()),
  MODERN_BERT("modern-bert", NEOX, new ModernBertBlock()),
  MPT("mpt", new MptBlock()),
  NEMOTRON("nemotron", NEOX, new NemotronBlock()),
  NEMOTRON_H("nemotron_h", new NemotronHBlock()),
  NEMOTRON_H_MOE("nemotron_h_moe", new NemotronHBlock()),
  NEO_BERT("neo-bert", NORMAL, new WholeTextBlock(new Phi3Block(), "enc.output_norm")),
  NOMIC_BERT("nomic-bert", NEOX, new NomicBertBlock()),
  NOMIC_BERT_MOE("nomic-bert-moe", NEOX, new NomicBertMoeBlock()),
  OLMO("olmo", NORMAL, new NormedBlock(Normalisation.STANDARD)),
  OLMO2("olmo2", NEOX, new Olmo2Block()),
  OLMOE("olmoe", NEOX, new OlmoeBlock()),
  OPENELM("openelm", NEOX, new Qwen3Block()),
  ORION("orion", NEOX, new NormedBlock(Normalisation.LAYER)),
  PANGU_EMBEDDED("pangu-embedded", NEOX, new LlamaBlock()),
  PHI2("phi2", NEOX, new Phi2Block()),
  PHI3("phi3", NEOX, new Phi3Block()),
  PLAMO("plamo", NEOX, new PlamoBlock()),
  PLM("plm", NORMAL, new PlmBlock()),
  QWEN("qwen", NEOX, new QwenBlock()),
  QWEN2("qwen2", NEOX, new LlamaBlock()),
  QWEN2MOE("qwen2moe", NEOX, new Qwen2MoeBlock()),
  QWEN2VL("qwen2vl", NEOX, new LlamaBlock()),
  QWEN3("qwen3", NEOX, new Qwen3Block()),
  QWEN35("qwen35", NEOX, new QwenHybridBlock(DeltaNet.Heads.IN_TURNS)),
  QWEN35MOE("qwen35moe", NEOX, new QwenHybridBlock(DeltaNet.Heads.IN_TURNS)),
  QWEN3MOE("qwen3moe", NEOX, new Qwen3Block()),
  QWEN3NEXT("qwen3next", NEOX, new QwenHybridBlock(DeltaNet.Heads.IN_GROUPS)),
  QWEN3VL("qwen3vl", NEOX, new Qwen3Block()),
  QWEN3VLMOE("qwen3vlmoe", NEOX, new Qwen3Block()),
  REFACT("refact", new LlamaBlock()),
  SEED_OSS("seed_oss", NEOX, new SeedOssBlock()),
  SMALLTHINKER("smallthinker", NEOX, new SmallThinkerBlock()),
  SMOLLM3("smollm3", NORMAL, new SmolLm3Block()),
  STABLELM("stablelm", NEOX, new StableLmBlock()),
  STARCODER("starcoder", new Gpt2Block(true)),
  STARCODER2("starcoder2", NEOX, new Gpt2Block(false)),
  XVERSE("xverse", NORMAL, new LlamaBlock());

  private final String fileName;
  private final Rope.Style ropeStyle;
  private final Block block;

  /// One that rotates nothing.
  Architecture(String fileName, Block block) {
    this(fileName, null, block);
  }

  Architecture(String fileName, Rope.Style ropeStyle, Block block) {
    this.fileName = fileName;
    this.ropeStyle = ropeStyle;
    this.block = block;
  }

  /// How it pairs the elements that it rotates; empty if it rotates none.
  Optional<Rope.Style> ropeStyle() {
    return Optional.ofNullable(ropeStyle);
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
      // Of names that are as near, the last is that of the newest version.
      String nearest = NearestName.of(name, names.reversed());
      throw metadata.malformed(key, expected.formatted(String.join(", ", names), nearest));
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
