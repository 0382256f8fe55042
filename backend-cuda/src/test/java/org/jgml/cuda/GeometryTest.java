package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgml.core.backend.DeviceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Blocks and threads of launches, and that the host cuts work as the kernels do.
final class GeometryTest {
  @Test
  void everyItemHasAThread() {
    for (long items : new long[] {1, 255, 256, 257, 1 << 20}) {
      Geometry geometry = Geometry.elements(items);
      assertTrue((long) geometry.x() * geometry.threads() >= items);
      assertTrue((geometry.x() - 1L) * geometry.threads() < items);
    }
  }

  @Test
  void rowsGetWholeWarpsAndNoMoreThreadsThanTheyHaveItems() {
    assertEquals(32, Geometry.rows(7, 1, 1024).threads());
    assertEquals(64, Geometry.rows(7, 100, 1024).threads());
    assertEquals(256, Geometry.rows(7, 1 << 20, 256).threads());
    assertEquals(7, Geometry.rows(7, 100, 1024).x());
  }

  @Test
  void moreBlocksThanADeviceCountsAreRefused() {
    DeviceException error =
        assertThrows(DeviceException.class, () -> Geometry.of(128, 0, 1, 70_000, 1));
    assertEquals(
        "1 x 70000 x 1 blocks are more than a device can count. Fix: use a smaller batch (-b).",
        error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "8,1,1", "9,2,1", "14336,1792,3"})
  void everyRowOfWeightsHasAWarp(long n, int blocks, long groups) {
    Geometry geometry = VectorTiles.geometry(n, groups, 2);
    assertEquals(blocks, geometry.x());
    assertEquals(groups, geometry.y());
    assertEquals(2, geometry.z());
  }

  @ParameterizedTest
  @CsvSource({
    "vector_products,ROWS,2",
    "vector_products,WARPS,4",
    "matmul_joined,MOST_PRODUCTS,3",
    "matmul_tiled,TILE,64",
    "matmul_halves,TILE_TOKENS,128",
    "matmul_halves,TILE_ROWS,256",
    "matmul_halves,THREADS,256",
    "matmul_mma,STEP,32",
    "matmul_mma,STAGES,4",
    "matmul_wgmma,STEP,64",
    "matmul_wgmma,STAGES,4",
    "matmul_wgmma,SWIZZLE,1024",
    "to_halves,THREADS,256",
    "to_halves,PIECE,16",
    "attention,ROWS,16",
    "attention,KEYS,32",
    "attention,PIECE,256",
    "attention,THREADS,128",
    "attention_tensor,FEW_ROWS,16",
    "attention_merge,MOST_PARTS,8",
    "attention_merge,MOST_SPLITS,128",
    "attention.cuh,MOST_PARTS,3",
    "attention_tiles,KEYS,64",
    "attention_tensor,THREADS,128",
    "attention_wide,KEY_SIZE,576",
    "attention_wide,VALUE_SIZE,512",
    "attention_wide,MANY_ROWS,64",
    "attention_wide,FEW_ROWS,16",
    "attention_wide,THREADS,256"
  })
  void kernelsHaveTheSizesThatTheHostReckonsWith(String file, String name, int value)
      throws IOException {
    assertEquals(value, host(file, name), () -> "the host's " + file + " " + name);
    Path sources = Path.of("src/main/resources/org/jgml/cuda");
    Path source =
        Stream.of(file, file + ".cu", file + ".cuh")
            .map(sources::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    Matcher definition =
        Pattern.compile("#define " + name + " (\\d+)").matcher(Files.readString(source));
    assertTrue(definition.find());
    assertEquals(value, Integer.parseInt(definition.group(1)));
  }

  private static int host(String file, String name) {
    return switch (file + " " + name) {
      case "vector_products ROWS" -> VectorTiles.ROWS;
      case "vector_products WARPS" -> VectorTiles.WARPS;
      case "matmul_joined MOST_PRODUCTS" -> JoinedProducts.MOST;
      case "matmul_tiled TILE" -> MatmulKernels.TILE;
      case "matmul_halves TILE_TOKENS" -> TensorProducts.TILE_TOKENS;
      case "matmul_halves TILE_ROWS" -> TensorProducts.TILE_ROWS;
      case "matmul_halves THREADS", "to_halves THREADS" -> TensorProducts.THREADS;
      case "to_halves PIECE" -> TensorProducts.PIECE;
      case "matmul_mma STEP" -> TensorProducts.Variant.MMA.step();
      case "matmul_mma STAGES" -> TensorProducts.Variant.MMA.stages();
      case "matmul_wgmma STEP" -> TensorProducts.Variant.WGMMA.step();
      case "matmul_wgmma STAGES" -> TensorProducts.Variant.WGMMA.stages();
      case "matmul_wgmma SWIZZLE" -> TensorProducts.Variant.WGMMA.alignment();
      case "attention ROWS", "attention_tensor FEW_ROWS", "attention_wide FEW_ROWS" ->
          AttentionPlan.FEW_ROWS;
      case "attention_wide KEY_SIZE" -> AttentionPlan.WIDE_KEY;
      case "attention_wide VALUE_SIZE" -> AttentionPlan.WIDE_VALUE;
      case "attention_wide MANY_ROWS" -> AttentionPlan.WIDE_ROWS;
      case "attention_wide THREADS" -> AttentionPlan.WIDE_THREADS;
      case "attention KEYS" -> AttentionPlan.EXACT_KEYS;
      case "attention PIECE" -> AttentionPlan.EXACT_PIECE;
      case "attention_tiles KEYS" -> AttentionPlan.TENSOR_KEYS;
      case "attention_merge MOST_PARTS" -> AttentionMerging.MOST_PARTS;
      case "attention_merge MOST_SPLITS" -> AttentionMerging.MOST_SPLITS;
      case "attention.cuh MOST_PARTS" -> AttentionPart.MOST;
      default -> AttentionPlan.THREADS;
    };
  }

  private static AttentionPlan plan(long tokens, long keys, long size, boolean isExact) {
    AttentionShape shape = new AttentionShape(1, tokens, 32, 8, keys, size, size);
    return AttentionPlan.of(shape, isExact, 132);
  }

  @Test
  void decodeSharesItsKeysAndPrefillDoesNot() {
    assertEquals(32, plan(1, 8192, 128, true).splits());
    assertEquals(49, plan(1, 8192, 128, false).splits());
    assertEquals("attention_few", plan(1, 8192, 128, false).kernel());
    AttentionPlan prefill = plan(2048, 8192, 128, false);
    assertEquals("attention_many", prefill.kernel());
    assertEquals(1, prefill.splits());
    assertEquals(64, prefill.geometry().x());
    assertEquals(8, prefill.geometry().y());
    assertEquals(1, prefill.geometry().z());
  }

  @Test
  void aFewTokensMoreShareTheirKeysToo() {
    AttentionPlan plan = plan(32, 65536, 128, false);
    assertEquals("attention_many", plan.kernel());
    assertEquals(33, plan.splits());
  }

  @Test
  void headsThatAllQueriesShareKeepAllMultiprocessorsAtWork() {
    AttentionPlan few = shared(16, 65536);
    assertEquals("attention_wide_few", few.kernel());
    assertEquals(128, few.splits());
    AttentionPlan many = shared(128, 65536);
    assertEquals("attention_wide_many", many.kernel());
    assertEquals(66, many.splits());
    assertEquals(2, many.geometry().x());
    assertTrue(few.geometry().sharedBytes() <= 163 << 10);
    assertTrue(AttentionPlan.isWideWithin(227 << 10));
    assertFalse(AttentionPlan.isWideWithin(163 << 10));
  }

  /// A token whose heads share one key head, of the sizes of DeepSeek-V2.
  private static AttentionPlan shared(long heads, long keys) {
    return AttentionPlan.of(new AttentionShape(1, 1, heads, 1, keys, 576, 512), false, 132);
  }

  @Test
  void headsInFloatsFitIntoTheSharedMemoryOfTheOldestDevices() {
    for (long size : new long[] {1, 64, 257, 576, 4096}) {
      int bytes = plan(1, 64, size, true).geometry().sharedBytes();
      assertTrue(bytes <= 60 << 10, () -> "heads of %d take %d bytes".formatted(size, bytes));
    }
  }

  @Test
  void longValuesInFloatsAreSharedByBlocks() {
    assertEquals(1, plan(4, 64, 512, true).geometry().x());
    assertEquals(2, plan(4, 64, 513, true).geometry().x());
    assertEquals(2, plan(4, 64, 1024, true).geometry().x());
    assertEquals(6, plan(5, 64, 1025, true).geometry().x());
  }

  @Test
  void longHeadsStillFitIntoSharedMemory() {
    assertTrue(plan(1, 64, 256, false).geometry().sharedBytes() <= 99 << 10);
    assertTrue(plan(512, 64, 256, false).geometry().sharedBytes() <= 96 << 10);
    assertTrue(plan(512, 64, 128, false).geometry().sharedBytes() <= 96 << 10);
  }
}
