package org.jgml.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Makes the PTX of all programs whose sources have changed: the script `compile-kernels`.
final class CompileKernels {
  private CompileKernels() {}

  public static void main(String... arguments) throws Exception {
    Path nvcc = Ptx.nvcc();
    if (nvcc == null) {
      System.err.println("compile-kernels: no nvcc. Fix: install the CUDA toolkit.");
      System.exit(1);
    }
    List<Ptx> stale = Ptx.all().stream().filter(ptx -> !isCurrent(ptx)).toList();
    stale.parallelStream().forEach(ptx -> compile(ptx, nvcc));
    System.out.println(stale.size() + " of " + Ptx.all().size() + " programs compiled");
  }

  private static boolean isCurrent(Ptx ptx) {
    try {
      if (!Files.exists(ptx.file())) {
        return false;
      }
      try (var stream = new GZIPInputStream(Files.newInputStream(ptx.file()))) {
        String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        return text.startsWith(ptx.firstLine() + "\n");
      }
    } catch (IOException _) {
      return false;
    }
  }

  private static void compile(Ptx ptx, Path nvcc) {
    try {
      ptx.write(ptx.compile(nvcc));
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
