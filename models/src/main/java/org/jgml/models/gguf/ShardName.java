package org.jgml.models.gguf;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The file name of a shard of a split model, `<prefix>-00001-of-00003.gguf`, numbered from 1.
record ShardName(String prefix, int number, int count) {
  private static final Pattern PATTERN = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

  /// The parts of a file's name; empty if it is not that of a shard.
  static Optional<ShardName> of(Path file) {
    Matcher matcher = PATTERN.matcher(String.valueOf(file.getFileName()));
    return matcher.matches()
        ? Optional.of(
            new ShardName(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  /// The name of another shard of this model.
  ShardName withNumber(int other) {
    return new ShardName(prefix, other, count);
  }

  @Override
  public String toString() {
    return "%s-%05d-of-%05d.gguf".formatted(prefix, number, count);
  }
}
