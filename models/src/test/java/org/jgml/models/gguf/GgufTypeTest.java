package org.jgml.models.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GgufTypeTest {
  @ParameterizedTest
  @EnumSource
  void namesEveryElementTypeOfTheEngineAsItDoes(DataType dataType) {
    assertEquals(Optional.of(dataType), GgufType.of(dataType).dataType());
  }

  @ParameterizedTest
  @EnumSource
  void findsEveryTypeById(GgufType type) {
    assertEquals(Optional.of(type), GgufType.of(type.id()));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 4, 5, 31, 32, 33, 36, 37, 38, 43, 200})
  void knowsNoRemovedOrFutureIds(int id) {
    assertEquals(Optional.empty(), GgufType.of(id));
  }

  @Test
  void mapsTypesOfDifferentNameToNothing() {
    for (GgufType type : GgufType.values()) {
      assertTrue(
          type.dataType().stream().allMatch(dataType -> dataType.name().equals(type.name())));
    }
  }
}
