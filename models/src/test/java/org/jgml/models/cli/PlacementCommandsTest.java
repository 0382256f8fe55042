package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.Test;

/// Options on devices, as users of the program see them.
final class PlacementCommandsTest {
  private static final String MODEL = Fixtures.resource("infllm/passkey-tiny-f32.gguf").toString();

  private static Invocation jgml(String command, String... rest) {
    List<String> arguments = new ArrayList<>(List.of(command, "-m", MODEL));
    arguments.addAll(List.of(rest));
    return Invocation.of(arguments.toArray(String[]::new));
  }

  private static String report(String... rest) {
    List<String> arguments = new ArrayList<>(List.of("--placement"));
    arguments.addAll(List.of(rest));
    return jgml("graph", arguments.toArray(String[]::new)).succeeded();
  }

  @Test
  void thePlacementTellsSplitsCopiesAndRules() {
    for (String tokens : new String[] {"1", "64"}) {
      String text = report("--device", "delayed:0", "-ngl", "3", "--prompt", tokens);
      assertTrue(text.contains("on cpu: its weight 'blk.0.attn_q.weight' is there (-ngl 3)"), text);
      assertTrue(text.contains("on delayed:0: its weight 'output"), text);
      assertTrue(text.contains("\n2 splits, 0 fallbacks\n"), text);
      assertTrue(
          text.lines()
              .anyMatch(line -> line.matches("split 2 on .*copies 2 .*from cpu [\\d,]+\\)")),
          text);
    }
  }

  @Test
  void overridesCountMoreThanLayers() {
    String text =
        report("--device", "delayed:0", "-ngl", "99", "-ot", "ffn_(up|gate)=cpu,attn_q=delayed:1");
    assertTrue(text.contains("on cpu: its weight 'blk.1.ffn_up.weight' is there"), text);
    assertTrue(text.contains("on delayed:1: its weight 'blk.1.attn_q.weight' is there"), text);
  }

  @Test
  void withoutAnAcceleratorLayersStayAndTheUserIsTold() {
    Invocation run = jgml("generate-ids", "--tokens", "1,2", "-n", "2", "-ngl", "5");
    run.succeeded();
    assertTrue(run.err().contains("-ngl 5: there is no device but cpu"), run::err);
  }

  @Test
  void anOverrideThatMatchesNothingNamesTheNearest() {
    Invocation run = jgml("generate-ids", "--tokens", "1,2", "-n", "1", "-ot", "fnn_up=cpu");
    run.succeeded();
    assertTrue(
        run.err()
            .contains("--tensor-override fnn_up=cpu: no weight of this model has such a name;"),
        run::err);
    assertTrue(run.err().contains("the nearest is 'ffn_up'. Fix: "), run::err);
  }

  /// `delayed:2` has no kernel for `rms_norm`.
  @Test
  void anOpWithoutAKernelFallsBackToldOrUntoldOrNot() {
    List<String> options = List.of("--tokens", "1,2,3", "-n", "4");
    String expected = jgml("generate-ids", options.toArray(String[]::new)).succeeded();
    String told = "rms_norm runs on cpu, fallback from delayed:2 (no kernel). Fix: ";
    for (String policy : List.of("warn", "allow", "fail")) {
      List<String> arguments = new ArrayList<>(options);
      arguments.addAll(List.of("--device", "delayed:2", "--fallback", policy));
      Invocation run = jgml("generate-ids", arguments.toArray(String[]::new));
      if (policy.equals("fail")) {
        String refusal = run.refused(1);
        assertTrue(
            refusal.contains(
                "it belongs on delayed:2 (no kernel), and fallback is forbidden. Operands: "),
            refusal);
        assertTrue(refusal.contains("Fix: allow fallback (--fallback allow), "), refusal);
      } else {
        assertEquals(expected, run.succeeded(), policy);
        assertEquals(policy.equals("warn"), run.err().contains(told), run::err);
      }
    }
  }

  @Test
  void wrongPlacementsAreRefused() {
    assertTrue(jgml("graph", "-ngl", "-1").refused(2).contains("-ngl must be at least 0"));
    assertTrue(jgml("graph", "-ot", "cpu").refused(2).contains("not REGEX=DEVICE"));
    assertTrue(jgml("graph", "-ot", "(=cpu").refused(2).contains("no regular expression"));
    assertTrue(jgml("graph", "-ot", "a=gpu9").refused(1).contains("no device 'gpu9'"));
    assertTrue(jgml("graph", "--fallback", "hope").refused(2).contains("hope"));
  }

  /// The pool of blocks is on the device, the blocks are on the host.
  @Test
  void infLlmRunsWithItsPoolOnAnotherDevice() {
    String prompt =
        IntStream.range(0, 200)
            .mapToObj(i -> String.valueOf(3 + i * 7919 % 50))
            .collect(Collectors.joining(","));
    String[] options = {
      "--tokens",
      prompt,
      "-n",
      "6",
      "--kv",
      "infllm",
      "--kv-type",
      "f32",
      "--n-init",
      "8",
      "--n-local",
      "32",
      "--block-size",
      "8",
      "--exc-block-size",
      "16",
      "--topk",
      "2",
      "--max-cached-block",
      "4"
    };
    String expected = jgml("generate-ids", options).succeeded();
    for (String layers : new String[] {"99", "3"}) {
      List<String> elsewhere =
          new ArrayList<>(List.of("--device", "delayed:0", "-ngl", layers, "--fallback", "fail"));
      elsewhere.addAll(List.of(options));
      Invocation run = jgml("generate-ids", elsewhere.toArray(String[]::new));
      assertEquals(expected, run.succeeded(), "-ngl " + layers);
    }
  }
}
