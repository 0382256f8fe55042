package org.jgml.models.grammar;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Finds what `$ref` points to: a JSON pointer (RFC 6901) within the same document.
final class References {
  private References() {}

  static Schema find(String reference, Schema root, Schema from) {
    if (!reference.equals("#") && !reference.startsWith("#/")) {
      throw from.inexpressible("a reference to another document, '" + reference + "'");
    }
    Object found = root.keywords();
    for (String step : reference.substring(1).split("/")) {
      if (!step.isEmpty()) {
        found = step(found, step, reference, from);
      }
    }
    return Schema.of(found, reference);
  }

  private static Object step(Object at, String step, String reference, Schema from) {
    String name =
        URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8)
            .replace("~1", "/")
            .replace("~0", "~");
    if (at instanceof Map<?, ?> object && object.containsKey(name)) {
      return object.get(name);
    }
    if (at instanceof List<?> list && name.matches("\\d{1,9}")) {
      int index = Integer.parseInt(name);
      if (index < list.size()) {
        return list.get(index);
      }
    }
    throw from.error("there is no " + reference);
  }
}
