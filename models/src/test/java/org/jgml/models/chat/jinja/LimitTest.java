package org.jgml.models.chat.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jgml.models.chat.ChatGoldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Templates that would take all time, memory or stack.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LimitTest {
  private static String render(String template) {
    return JinjaTemplate.parse(template).render(Map.of(), ChatGoldens.NOW);
  }

  private static String problem(String template) {
    return assertThrows(JinjaException.class, () -> render(template)).problem();
  }

  @Test
  void loopsThatDoNotEndAreStopped() {
    String loop = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}";
    String problem = problem(loop);
    assertTrue(problem.startsWith("the template does not end"), problem);
  }

  /// Copies of what is left after each word would take a minute.
  @Test
  void textsOfManyWordsAreSplit() {
    String text = "{% set t = 'a ' * 500000 %}";
    assertEquals("500000", render(text + "{{ t.split() | length }}"));
    assertEquals("500000", render(text + "{{ t.rsplit() | length }}"));
  }

  @Test
  void wordsAreCutAsPythonCutsThem() {
    assertEquals("['a', 'b', 'c']", render("{{ ' a  b c '.split() }}"));
    assertEquals("['a', 'b c ']", render("{{ ' a  b c '.split(none, 1) }}"));
    assertEquals("[' a  b', 'c']", render("{{ ' a  b c '.rsplit(none, 1) }}"));
    assertEquals("[]", render("{{ '  '.rsplit() }}"));
  }

  @Test
  void macrosThatCallThemselvesForEverAreStopped() {
    assertEquals(
        "calls are nested more than 400 deep",
        problem("{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}"));
  }

  @Test
  void macrosMayCallThemselvesAsDeepAsSchemasAre() {
    String macro = "{% macro f(k) %}{% if k %}[{{ f(k - 1) }}]{% endif %}{% endmacro %}{{ f(50) }}";
    assertEquals("[".repeat(50) + "]".repeat(50), render(macro));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% set ns = namespace(t='abcdefgh') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t"
            + " %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{%"
            + " endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{%"
            + " endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{%"
            + " endfor %}{{ ns.l | tojson }}",
        "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
        "{% set ns = namespace(l=1) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor"
            + " %}{{ {ns.l: 1} }}",
        "{% set ns = namespace(l=1) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor"
            + " %}{{ ns.l == [ns.l] }}",
        "{% set ns = namespace(l=1) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor"
            + " %}{{ [ns.l] | unique }}",
        "{{ 'a' * 999999999 }}",
        "{{ [1] * 999999999 }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 9 ** 99999 }}",
        "{{ ('a' * 999999).replace('', 'b' * 999999) }}",
        "{{ ('b' * 9999999).join('abcdefghijkl') }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '{:>9999}'.format(1) | length }}{{ 1 // 0 }}",
        "{% for i in range(99999) %}{{ 'a' * 99999 }}{% endfor %}",
        "{{ 'a' | indent(999999999) }}",
        "{{ [1] | tojson(indent=999999999) }}",
      })
  void valuesThatFillTheMemoryAreRefused(String template) {
    assertThrows(JinjaException.class, () -> render(template));
  }

  @Test
  void deepNestingIsRefusedBeforeTheStackEnds() {
    for (String nested : new String[] {"(", "[", "{1:", "-", "not ", "f(", "a[", "1 if ("}) {
      assertThrows(JinjaException.class, () -> render("{{ " + nested.repeat(100_000)));
    }
    assertThrows(JinjaException.class, () -> render("{% if 1 %}".repeat(100_000)));
    assertThrows(JinjaException.class, () -> render("{% for a in ((".repeat(100_000)));
  }

  @Test
  void longChainsOfOperatorsAreRefusedBeforeTheStackEnds() {
    assertThrows(JinjaException.class, () -> render("{{ 1" + " + 1".repeat(100_000) + " }}"));
    assertThrows(JinjaException.class, () -> render("{{ a" + ".a".repeat(100_000) + " }}"));
    assertThrows(JinjaException.class, () -> render("{{ 1" + " | abs".repeat(100_000) + " }}"));
  }

  @Test
  void longTemplatesWithoutNestingAreFine() {
    assertEquals("1".repeat(20_000), render("{{ 1 }}".repeat(20_000)));
    assertEquals("1".repeat(20_001), render("{{ 1" + " ~ 1".repeat(20_000) + " }}"));
  }

  @Test
  void aLittleStackIsEnough() throws InterruptedException {
    StringBuilder outcome = new StringBuilder();
    String template =
        "{% macro f(x) %}{% for i in [1] %}{% if i %}{{ [f(x + 1) | upper] }}{% endif %}{% endfor"
            + " %}{% endmacro %}{{ f(0) }}";
    Thread thread = new Thread(null, () -> outcome.append(problem(template)), "small", 1 << 19);
    thread.start();
    thread.join();
    assertEquals("calls are nested more than 400 deep", outcome.toString());
  }
}
