package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "chat",
        "embed",
        "perplexity",
        "bench",
        "tokenize",
        "detokenize",
        "inspect",
        "quantize",
        "devices",
        "doctor",
        "graph",
        "compare",
        "logits",
        "generate-ids",
        "check"
      })
  void everyCommandDescribesItself(String command) {
    String help = Invocation.of(command, "--help").succeeded();
    assertTrue(help.startsWith("Usage: jgml " + command), help);
    assertTrue(Invocation.of("--help").succeeded().contains("  " + command), command);
  }

  @Test
  void theVersionNamesJava() {
    String version = Invocation.of("--version").succeeded();
    assertTrue(version.startsWith("jgml ") && version.contains("Java 2"), version);
  }

  @Test
  void withoutACommandItShowsHowToUseIt() {
    Invocation invocation = Invocation.of();
    assertEquals(2, invocation.exitCode());
    assertEquals("", invocation.out());
    assertTrue(invocation.err().startsWith("Usage: jgml"), invocation.err());
  }

  @Test
  void misuseIsOneLine() {
    assertTrue(Invocation.of("nonsense").refused(2).contains("'nonsense'"));
    assertTrue(Invocation.of("logits").refused(2).contains("--model"));
    assertTrue(Invocation.of("run", "-t", "many").refused(2).contains("'many'"));
    String type = Invocation.of("run", "--kv-type", "f64").refused(2);
    assertTrue(type.contains("[f32, f16, q8_0, q4_0]"), type);
    assertTrue(Invocation.of("run", "-p", "a", "-f", "b").refused(2).contains("mutually"));
  }
}
