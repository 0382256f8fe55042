package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jgml.core.tensor.Shape;
import org.jgml.models.Fixtures;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufType;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufValueType;
import org.jgml.models.gguf.GgufWriter;
import org.jgml.models.gguf.TensorSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantizeCommandTest {
  private static final String MODEL = Fixtures.resource("goldens/qwen3-Q5_K.gguf").toString();

  private final SplittableRandom random = new SplittableRandom(1);
  @TempDir private Path folder;
  private Path source;

  /// Sixteen layers without much in them, and rows that are not all multiples of 256.
  @BeforeEach
  void writeSource() throws IOException {
    source = folder.resolve("source.gguf");
    GgufWriter writer = new GgufWriter();
    writer.put("general.architecture", GgufValue.of("llama"));
    writer.put("llama.block_count", GgufValue.ofInteger(GgufValueType.UINT32, 16));
    writer.put("llama.attention.head_count", GgufValue.ofInteger(GgufValueType.UINT32, 8));
    writer.put("llama.attention.head_count_kv", GgufValue.ofInteger(GgufValueType.UINT32, 8));
    add(writer, "token_embd.weight", 4, 256);
    add(writer, "output.weight", 4, 256);
    add(writer, "output_norm.weight", 256);
    for (int layer = 0; layer < 16; layer++) {
      add(writer, "blk." + layer + ".attn_norm.weight", 256);
      add(writer, "blk." + layer + ".attn_q.weight", 2, 256);
      add(writer, "blk." + layer + ".attn_v.weight", 2, 256);
      add(writer, "blk." + layer + ".ffn_down.weight", 2, 512);
    }
    add(writer, "blk.15.ffn_up.weight", 2, 96);
    add(writer, "blk.15.ffn_gate_inp.weight", 2, 256);
    writer.write(source);
  }

  private void add(GgufWriter writer, String name, long... dims) {
    Shape shape = Shape.of(dims);
    ByteBuffer bytes =
        ByteBuffer.allocate((int) shape.elements() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) random.nextGaussian());
    }
    writer.add(name, GgufType.F32, shape, TensorSource.of(MemorySegment.ofArray(bytes.array())));
  }

  private Path target() {
    return folder.resolve("target.gguf");
  }

  private Invocation quantise(String type, String... options) {
    String[] arguments = new String[options.length + 4];
    arguments[0] = "quantize";
    System.arraycopy(options, 0, arguments, 1, options.length);
    arguments[options.length + 1] = source.toString();
    arguments[options.length + 2] = target().toString();
    arguments[options.length + 3] = type;
    return Invocation.of(arguments);
  }

  private GgufType type(String tensor) throws IOException {
    try (GgufFile file = GgufFile.open(target())) {
      return file.requireTensor(tensor).type();
    }
  }

  @Test
  void givesMoreBitsWhereTheyHelp() throws IOException {
    quantise("q4_k_m").succeeded();
    assertEquals(GgufType.Q6_K, type("output.weight"));
    assertEquals(GgufType.Q4_K, type("token_embd.weight"));
    assertEquals(GgufType.F32, type("output_norm.weight"));
    assertEquals(GgufType.F32, type("blk.15.ffn_gate_inp.weight"));
    assertEquals(GgufType.Q4_K, type("blk.3.attn_q.weight"));
    List<Integer> more = List.of(0, 1, 4, 7, 10, 13, 14, 15);
    for (int layer = 0; layer < 16; layer++) {
      GgufType expected = more.contains(layer) ? GgufType.Q6_K : GgufType.Q4_K;
      assertEquals(expected, type("blk." + layer + ".attn_v.weight"), "layer " + layer);
      assertEquals(expected, type("blk." + layer + ".ffn_down.weight"), "layer " + layer);
    }
    try (GgufFile file = GgufFile.open(target())) {
      assertEquals(15, file.metadata().requireInteger("general.file_type"));
      assertEquals(2, file.metadata().requireInteger("general.quantization_version"));
    }
  }

  @Test
  void saysWhichTypeStandsInWhereRowsDoNotFit() throws IOException {
    Invocation invocation = quantise("Q4_K_S");
    invocation.succeeded();
    assertTrue(invocation.err().contains("blk.15.ffn_up.weight: rows of 96"), invocation.err());
    assertEquals(GgufType.Q5_0, type("blk.15.ffn_up.weight"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "F32",
        "F16",
        "BF16",
        "Q8_0",
        "Q6_K",
        "Q5_K_M",
        "Q5_K_S",
        "Q5_1",
        "Q5_0",
        "Q4_K_S",
        "Q4_1",
        "Q4_0",
        "IQ4_NL",
        "IQ4_XS",
        "Q3_K_L",
        "Q3_K_M",
        "Q3_K_S",
        "IQ3_M",
        "IQ3_S",
        "IQ3_XS",
        "IQ3_XXS",
        "Q2_K",
        "Q2_K_S",
        "IQ2_M",
        "TQ1_0",
        "TQ2_0",
        "MXFP4_MOE",
        "NVFP4",
        "COPY"
      })
  void everyTypeGivesAFileOfTheSizeThatWasForetold(String type) throws IOException {
    String foretold = quantise(type, "--dry-run").succeeded();
    assertFalse(Files.exists(target()));
    String said = quantise(type).succeeded();
    assertEquals(lastLine(foretold), lastLine(said));
    try (GgufFile file = GgufFile.open(target());
        GgufFile before = GgufFile.open(source)) {
      assertEquals(
          before.tensors().stream().map(tensor -> tensor.name()).toList(),
          file.tensors().stream().map(tensor -> tensor.name()).toList());
    }
  }

  private static String lastLine(String text) {
    return text.lines().reduce((_, last) -> last).orElseThrow();
  }

  @Test
  void optionsGoBeforeRules() throws IOException {
    quantise(
            "Q4_K_M",
            "--output-tensor-type",
            "q8_0",
            "--token-embedding-type",
            "f16",
            "--tensor-type",
            "blk\\.[01]\\.attn_q=mxfp4",
            "--tensor-type",
            "attn_q=iq3_s")
        .succeeded();
    assertEquals(GgufType.Q8_0, type("output.weight"));
    assertEquals(GgufType.F16, type("token_embd.weight"));
    assertEquals(GgufType.MXFP4, type("blk.1.attn_q.weight"));
    assertEquals(GgufType.IQ3_S, type("blk.2.attn_q.weight"));
    quantise("Q4_K_M", "--pure").succeeded();
    assertEquals(GgufType.Q4_K, type("output.weight"));
    assertEquals(GgufType.Q4_K, type("blk.0.attn_v.weight"));
    quantise("Q4_K_M", "--leave-output-tensor").succeeded();
    assertEquals(GgufType.F32, type("output.weight"));
  }

  @Test
  void theNumberOfThreadsChangesNoByte() throws IOException {
    quantise("Q4_K_M").succeeded();
    byte[] expected = Files.readAllBytes(target());
    Invocation.of("quantize", source.toString(), target().toString(), "Q4_K_M", "5").succeeded();
    assertArrayEquals(expected, Files.readAllBytes(target()));
  }

  @Test
  void splitsAndReadsWhatIsSplit() throws IOException {
    quantise("Q8_0", "--split-max-tensors", "30").succeeded();
    source = folder.resolve("target-00001-of-00003.gguf");
    quantise("COPY").succeeded();
    assertEquals(GgufType.Q8_0, type("blk.3.attn_q.weight"));
    assertTrue(quantise("COPY", "--keep-split").refused(1).contains("would be overwritten"));
    Path moved = folder.resolve("moved.gguf");
    Invocation.of("quantize", "--keep-split", source.toString(), moved.toString(), "COPY")
        .succeeded();
    try (GgufFile file = GgufFile.open(folder.resolve("moved-00001-of-00003.gguf"))) {
      assertEquals(69, file.tensors().size());
    }
    Invocation.of("quantize", "--split-max-size", "1G", source.toString(), moved.toString(), "COPY")
        .succeeded();
    assertTrue(Files.exists(folder.resolve("moved-00001-of-00001.gguf")));
  }

  @Test
  void refusesInOneLineAndLeavesNothingBehind() throws IOException {
    assertTrue(quantise("Q4_X").refused(2).contains("'Q4_X'"));
    assertTrue(quantise("IQ2_XXS").err().contains("importance matrix"));
    assertTrue(quantise("Q8_0", "--tensor-type", "a=b").refused(2).contains("'b'"));
    assertTrue(quantise("Q8_0", "--tensor-type", "(=q8_0").refused(2).contains("regular"));
    assertTrue(quantise("Q8_0", "--split-max-size", "3").refused(2).contains("M or G"));
    assertTrue(
        quantise("Q8_0", "--keep-split", "--split-max-tensors", "3").refused(2).length() > 0);
    String itself = source.toString();
    String overwrite = Invocation.of("quantize", itself, itself, "Q8_0").refused(1);
    assertTrue(overwrite.contains("would be overwritten"), overwrite);
    String again = Invocation.of("quantize", MODEL, target().toString(), "Q4_0").refused(1);
    assertTrue(again.contains("--allow-requantize"), again);
    Invocation.of("quantize", itself, folder.resolve("no/such").toString(), "Q8_0").refused(1);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(source), files.toList());
    }
  }

  @Test
  void refusesNumbersThatNoBlockCanHold() throws IOException {
    byte[] bytes = new byte[256 * 2 * Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(4 * 300, Float.NaN);
    new GgufWriter()
        .put("general.architecture", GgufValue.of("llama"))
        .add(
            "output.weight",
            GgufType.F32,
            Shape.of(2, 256),
            TensorSource.of(MemorySegment.ofArray(bytes)))
        .write(source);
    Invocation invocation = quantise("Q4_0");
    assertEquals(1, invocation.exitCode());
    assertTrue(invocation.err().contains("element 300 is NaN"), invocation.err());
    assertFalse(Files.exists(target()));
  }

  @Test
  void whatWasQuantisedRuns() throws IOException {
    Path model = folder.resolve("again.gguf");
    Invocation.of("quantize", "--allow-requantize", MODEL, model.toString(), "IQ3_M").succeeded();
    assertTrue(Invocation.of("inspect", model.toString()).succeeded().contains("supported"));
    String ids =
        Invocation.of("generate-ids", "-m", model.toString(), "--tokens", "1,86,45", "-n", "3")
            .succeeded();
    assertTrue(ids.matches("\\d+ \\d+ \\d+\\R"), ids);
  }
}
