package org.jgml.models.chat.jinja;

import java.util.List;

/// What a value is assigned to.
sealed interface Target {
  Position position();

  record Variable(Position position, String name) implements Target {}

  /// `namespace.name`
  record Member(Position position, String namespace, String name) implements Target {}

  /// `a, b`
  record Tuple(Position position, List<Target> targets) implements Target {}
}
