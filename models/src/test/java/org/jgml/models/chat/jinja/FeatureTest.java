package org.jgml.models.chat.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jgml.models.chat.ChatGoldens;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.jr.ob.JSON;

/// Small templates, feature by feature, against what jinja2 makes of them.
final class FeatureTest {
  @TestFactory
  Stream<DynamicContainer> behavesLikeJinja2() throws IOException {
    Map<?, ?> source = JSON.std.mapFrom(ChatGoldens.text("/chat/features.json"));
    Map<?, ?> variables = (Map<?, ?>) source.get("variables");
    Map<String, List<Map<?, ?>>> goldens = new LinkedHashMap<>();
    for (Object golden : JSON.std.listFrom(ChatGoldens.text("/chat/features-golden.json"))) {
      String feature = (String) ((Map<?, ?>) golden).get("feature");
      goldens.computeIfAbsent(feature, _ -> new ArrayList<>()).add((Map<?, ?>) golden);
    }
    return goldens.entrySet().stream()
        .map(feature ->
            dynamicContainer(
                feature.getKey(),
                feature.getValue().stream().map(golden -> test(golden, variables))));
  }

  private static DynamicTest test(Map<?, ?> golden, Map<?, ?> variables) {
    String template = (String) golden.get("template");
    return dynamicTest(
        template,
        () -> {
          if (golden.get("expected") == null) {
            assertThrows(JinjaException.class, () -> render(template, variables));
          } else {
            assertEquals(golden.get("expected"), render(template, variables));
          }
        });
  }

  @SuppressWarnings("unchecked") // The variables come from a JSON object.
  private static String render(String template, Map<?, ?> variables) {
    return JinjaTemplate.parse(template).render((Map<String, Object>) variables, ChatGoldens.NOW);
  }
}
