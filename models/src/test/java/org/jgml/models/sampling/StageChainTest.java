package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Which stages options ask for, and in which order.
final class StageChainTest {
  private static SamplingOptions everything(List<StageName> order, int mirostat, long seed) {
    return new SamplingOptions(
        order,
        Map.of(3, 1.5f),
        new PenaltyOptions(1.1f, 0.1f, 0.1f, 64),
        new DryOptions(0.8f, 1.75f, 2, -1, List.of("\n")),
        new TruncationOptions(40, 0.9f, 0.95f, 0.05f, 1),
        new XtcOptions(0.5f, 0.1f),
        new TemperatureOptions(0.8f, 0.3f, 1),
        new MirostatOptions(mirostat, 5, 0.1f),
        Optional.empty(),
        seed);
  }

  private static List<String> names(SamplingOptions options) {
    return StageChain.of(options, _ -> new byte[0]).stages().stream()
        .map(stage -> stage.getClass().getSimpleName())
        .toList();
  }

  @Test
  void theDefaultOrderIsThatOfLlamaCpp() {
    assertEquals(
        List.of(
            "LogitBias",
            "Penalties",
            "DryPenalty",
            "TopNSigma",
            "TopK",
            "Typical",
            "TopP",
            "MinP",
            "ExcludeTopChoices",
            "DynamicTemperature"),
        names(everything(StageName.defaultOrder(), 0, 1)));
    assertEquals(
        "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature",
        StageName.format(StageName.defaultOrder()));
  }

  @Test
  void whatChangesNothingIsLeftOut() {
    assertEquals(List.of("TopK", "TopP", "MinP", "Temperature"), names(SamplingOptions.defaults()));
    assertEquals(List.of(), names(new SamplingOptions(1, 0, 1, 0, 1, 64, 1)));
  }

  @Test
  void anyOrderCanBeAskedFor() {
    List<StageName> order = StageName.parseOrder("temp; min-p ;typical;top_k");
    assertEquals(
        List.of("LogitBias", "DynamicTemperature", "MinP", "Typical", "TopK"),
        names(everything(order, 0, 1)));
    assertEquals(List.of(), StageName.parseOrder(""));
    assertEquals(
        StageName.defaultOrder(), StageName.parseOrder(StageName.format(StageName.defaultOrder())));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> StageName.parseOrder("top_k;bottom_k"));
    assertTrue(refused.getMessage().startsWith("unknown sampler 'bottom_k'; there are penalties;"));
  }

  @Test
  void mirostatReplacesWhatTruncates() {
    SamplingOptions options = everything(StageName.defaultOrder(), 2, 1);
    assertEquals(List.of("LogitBias", "Temperature"), names(options));
    assertInstanceOf(Mirostat.class, StageChain.of(options, _ -> new byte[0]).choice());
  }

  @Test
  void equalSeedsGiveEqualTokensOverAllRows() {
    for (int mirostat = 0; mirostat <= 2; mirostat++) {
      assertArrayEquals(tokens(mirostat, 7), tokens(mirostat, 7));
      assertTrue(!Arrays.equals(tokens(mirostat, 7), tokens(mirostat, 8)));
    }
  }

  private static int[] tokens(int mirostat, long seed) {
    Sampler sampler =
        Sampler.of(
            everything(StageName.defaultOrder(), mirostat, seed),
            token -> new byte[] {(byte) token},
            Optional.empty());
    Random random = new Random(40);
    List<Integer> tokens = new ArrayList<>();
    while (tokens.size() < RandomRows.COUNT) {
      tokens.add(sampler.sample(RandomRows.row(random)));
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void theConstraintIsAskedAboutTheChosenTokenFirst() {
    Recorder onlyEven = new Recorder();
    Sampler sampler = Sampler.of(SamplingOptions.greedy(), _ -> new byte[0], Optional.of(onlyEven));
    assertEquals(2, sampler.sample(0, 1, 5, 2));
    assertEquals(0, onlyEven.restricted);
    assertEquals(2, sampler.sample(0, 9, 5, 2));
    assertEquals(1, onlyEven.restricted);
    assertEquals(List.of(2, 2), onlyEven.accepted);
    sampler.accept(1);
    assertEquals(2, onlyEven.accepted.size());
    onlyEven.least = 1;
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> sampler.sample(Float.NaN));
    assertEquals("no token can follow: even ones only", refused.getMessage());
  }

  private static final class Recorder implements Constraint {
    private final List<Integer> accepted = new ArrayList<>();
    private int restricted;
    private int least;

    @Override
    public boolean allows(int token) {
      return token % 2 == 0 && token >= least;
    }

    @Override
    public void restrict(Candidates candidates) {
      restricted++;
      candidates.retain(i -> allows(candidates.id(i)));
    }

    @Override
    public void accept(int token) {
      accepted.add(token);
    }

    @Override
    public boolean mustEnd() {
      return false;
    }

    @Override
    public String describe() {
      return "even ones only";
    }
  }
}
