package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    "matmul_vector,ROWS,2",
    "matmul_vector,WARPS,4",
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
    "attention,THREADS,128",
    "attention_tensor,ROWS,64",
    "attention_tensor,THREADS,128"
  })
  void kernelsHaveTheSizesThatTheHostReckonsWith(String file, String name, int value)
      throws IOException {
    assertEquals(value, host(file, name), () -> "the host's " + file + " " + name);
    Path sources = Path.of("src/main/resources/org/jgml/cuda");
    Path own = sources.resolve(file + ".cu");
    Path source = Files.exists(own) ? own : sources.resolve(file + ".cuh");
    Matcher definition =
        Pattern.compile("#define " + name + " (\\d+)").matcher(Files.readString(source));
    assertTrue(definition.find());
    assertEquals(value, Integer.parseInt(definition.group(1)));
  }

  private static int host(String file, String name) {
    return switch (file + " " + name) {
      case "matmul_vector ROWS" -> VectorTiles.ROWS;
      case "matmul_vector WARPS" -> VectorTiles.WARPS;
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
      case "attention ROWS" -> AttentionShape.ROWS;
      case "attention KEYS" -> AttentionShape.KEYS;
      case "attention_tensor ROWS" -> AttentionShape.TENSOR_ROWS;
      case "attention_tensor THREADS" -> AttentionShape.TENSOR_THREADS;
      default -> AttentionShape.THREADS;
    };
  }

  @Test
  void decodeSharesItsKeysAndPrefillDoesNot() {
    AttentionShape decode =
        new AttentionShape(1, 1, 32, 8, 8192, 8192, 128, 128, 1).withSplits(132);
    assertEquals(32, decode.splits());
    AttentionShape prefill =
        new AttentionShape(1, 2048, 32, 8, 8192, 8192, 128, 128, 1).withSplits(132);
    assertEquals(1, prefill.splits());
    assertEquals(512, prefill.geometry().x());
    assertEquals(8, prefill.geometry().y());
  }

  @Test
  void longHeadsStillFitIntoSharedMemory() {
    AttentionShape shape = new AttentionShape(1, 1, 1, 1, 64, 64, 512, 512, 1);
    assertTrue(shape.geometry().sharedBytes() <= 100 << 10);
  }
}
