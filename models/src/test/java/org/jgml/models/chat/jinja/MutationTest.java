package org.jgml.models.chat.jinja;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jgml.models.chat.ChatGoldens;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.jr.ob.JSON;

/// Templates with random changes either render or fail as promised.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class MutationTest {
  private static final int MUTATIONS = 3000;

  private static final String[] FRAGMENTS = {
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "-%}",
    "{%-",
    "if ",
    "else",
    "endif",
    "for x in ",
    "endfor",
    "set a = ",
    "macro f(a)",
    "endmacro",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "\\",
    ".",
    ",",
    ":",
    "|",
    "~",
    "*",
    "**",
    "/",
    "//",
    "%",
    "-1",
    "0",
    "999999999999",
    "1e400",
    "none",
    "loop",
    "is ",
    "not ",
    "in ",
    " | tojson",
    " | list",
    " | int",
    " | sort",
    " | first",
    ".split('a')",
    "[::-1]",
    "range(9)",
    "namespace(a=1)",
    "é",
    "🙂",
    "\ud800",
    "\n",
    "raw",
    "break",
    "caller()",
    "**tree"
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void mutatedTemplatesRenderOrFailAsPromised(long seed) throws IOException {
    Map<String, Object> features = JSON.std.mapFrom(ChatGoldens.text("/chat/features.json"));
    Map<?, ?> variables = (Map<?, ?>) features.get("variables");
    List<String> seeds = seeds((Map<?, ?>) features.get("features"));
    Random random = new Random(seed);
    for (int i = 0; i < MUTATIONS; i++) {
      String mutated = mutate(seeds.get(random.nextInt(seeds.size())), seeds, random);
      check(mutated, variables);
    }
  }

  private static List<String> seeds(Map<?, ?> features) throws IOException {
    List<String> seeds = new ArrayList<>();
    features.values().forEach(texts -> ((List<?>) texts).forEach(t -> seeds.add((String) t)));
    for (String name : List.of("typed-tools", "qwen-tools", "deepseek", "mistral-v3")) {
      seeds.add(ChatGoldens.text("/chat/templates/" + name + ".jinja"));
    }
    return seeds;
  }

  private static String mutate(String template, List<String> others, Random random) {
    StringBuilder text = new StringBuilder(template);
    for (int change = random.nextInt(1, 5); change > 0; change--) {
      int begin = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), begin + random.nextInt(1, 9));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(begin, end);
        case 1 -> text.insert(begin, text.substring(begin, end));
        case 2 -> text.insert(begin, part(others.get(random.nextInt(others.size())), random));
        default -> text.replace(begin, end, FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
      }
    }
    return text.toString();
  }

  private static String part(String text, Random random) {
    int begin = random.nextInt(text.length());
    return text.substring(begin, Math.min(text.length(), begin + random.nextInt(1, 30)));
  }

  @SuppressWarnings("unchecked") // The variables come from a JSON object.
  private static void check(String template, Map<?, ?> variables) {
    try {
      JinjaTemplate.parse(template).render((Map<String, Object>) variables, ChatGoldens.NOW);
    } catch (JinjaException failure) {
      if (failure.getMessage().contains("\n")) {
        fail("several lines for template:\n" + template, failure);
      }
    } catch (RuntimeException | Error unexpected) {
      fail("template:\n" + template, unexpected);
    }
  }
}
