package org.jgml.models.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds the files of a model from the first: one, unless its metadata says that it was split.
///
/// The files of a split model are named as [ShardName] says. Each holds its number, from 0, and
/// their count; the first also holds the metadata of the model and the total number of tensors.
final class SplitModel {
  private static final String NUMBER_KEY = "split.no";
  private static final String COUNT_KEY = "split.count";
  private static final String TENSOR_COUNT_KEY = "split.tensors.count";

  private SplitModel() {}

  /// Opens all files; the mappings belong to the arena.
  static List<GgufShard> shards(Path path, Arena arena) throws IOException {
    GgufShard first = GgufShard.open(path, arena);
    long count = first.metadata().integer(COUNT_KEY).orElse(1L);
    if (count <= 1) {
      return List.of(first);
    }
    requireNumber(first, 0);
    ShardName name = requireFirstName(path, count);
    List<GgufShard> shards = new ArrayList<>(List.of(first));
    for (int number = 2; number <= count; number++) {
      shards.add(open(path, name.withNumber(number), arena));
    }
    requireTensorCount(first, shards);
    return shards;
  }

  private static GgufShard open(Path first, ShardName name, Arena arena) throws IOException {
    Path path = first.resolveSibling(name.toString());
    if (!Files.exists(path)) {
      String problem = "expected %d files, found no %s. Put all of them into one folder";
      throw new GgufException(first, "split model", problem.formatted(name.count(), name));
    }
    GgufShard shard = GgufShard.open(path, arena);
    requireNumber(shard, name.number() - 1);
    if (shard.metadata().requireInteger(COUNT_KEY) != name.count()) {
      throw shard.metadata().malformed(COUNT_KEY, name.count() + " as the first file says");
    }
    return shard;
  }

  private static void requireNumber(GgufShard shard, int number) throws GgufException {
    if (shard.metadata().requireInteger(NUMBER_KEY) != number) {
      String expected = number == 0 ? "0, since a split model is opened by its first file" : "%d";
      throw shard.metadata().malformed(NUMBER_KEY, expected.formatted(number));
    }
  }

  private static ShardName requireFirstName(Path path, long count) throws GgufException {
    String expected = "expected …-00001-of-%05d.gguf, since split.count is %d, found %s";
    String problem = expected.formatted(count, count, path.getFileName());
    return ShardName.of(path)
        .filter(name -> name.number() == 1 && name.count() == count)
        .orElseThrow(() -> new GgufException(path, "file name", problem));
  }

  private static void requireTensorCount(GgufShard first, List<GgufShard> shards)
      throws GgufException {
    int found = shards.stream().mapToInt(shard -> shard.tensors().size()).sum();
    if (first.metadata().requireInteger(TENSOR_COUNT_KEY) != found) {
      throw first.metadata().malformed(TENSOR_COUNT_KEY, found + ", the tensors of all files");
    }
  }
}
