package org.jgml.models.quantisation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How tensors are divided among files.
public sealed interface SplitRule {
  /// All in one file.
  record OneFile() implements SplitRule {}

  /// As in the files they come from.
  record AsBefore() implements SplitRule {}

  /// At most so many tensors a file.
  record Tensors(int most) implements SplitRule {}

  /// At most so many bytes of tensors a file; a larger tensor has one of its own.
  record Bytes(long most) implements SplitRule {}

  /// The tensors of each file.
  default List<List<Conversion>> divide(List<Conversion> conversions) {
    List<List<Conversion>> files = new ArrayList<>();
    long bytes = 0;
    Path file = null;
    for (Conversion conversion : conversions) {
      bytes += conversion.bytes();
      boolean begins =
          files.isEmpty()
              || switch (this) {
                case OneFile _ -> false;
                case AsBefore _ -> !conversion.tensor().file().equals(file);
                case Tensors(int most) -> files.getLast().size() >= most;
                case Bytes(long most) -> bytes > most;
              };
      if (begins) {
        files.add(new ArrayList<>());
        bytes = conversion.bytes();
      }
      files.getLast().add(conversion);
      file = conversion.tensor().file();
    }
    return files.isEmpty() ? List.of(List.of()) : files;
  }
}
