package org.jgml.models.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatJsonTest {
  private static final String TOOL = "{\"type\": \"function\", \"function\": {\"name\": \"f\"}}";

  @Test
  void readsToolsInTheOrderOfTheirFields() {
    List<Map<String, ?>> tools = ChatJson.tools("[" + TOOL + "]");
    assertEquals("[{type=function, function={name=f}}]", tools.toString());
  }

  @Test
  void wrapsFunctionsThatAreNotWrapped() {
    assertEquals(
        "[{type=function, function={name=f}}]", ChatJson.tools("[{\"name\": \"f\"}]").toString());
  }

  @Test
  void readsArgumentsOfAnyJsonType() {
    assertEquals(
        "{a=1, b=[2.5, null, true], c={d=x}}",
        ChatJson.arguments("{\"a\":1,\"b\":[2.5,null,true],\"c\":{\"d\":\"x\"}}").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[1]", "[{}]", "[{\"name\": 1}]", "[", "nonsense", "null"})
  void refusesWhatAreNoTools(String json) {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> ChatJson.tools(json));
    assertTrue(failure.getMessage().lines().count() == 1, failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "1", "{\"a\"", "{a: 1}"})
  void refusesWhatAreNoArguments(String json) {
    assertThrows(IllegalArgumentException.class, () -> ChatJson.arguments(json));
  }
}
