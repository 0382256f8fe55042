package org.jgml.models;

import java.nio.file.Path;
import org.jgml.core.backend.Tensor;
import org.jgml.core.runtime.Session;
import org.jgml.kvcache.CacheDriver;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// What a model session is in a file: its tokens, its states and what else its cache holds.
record SessionFile(Session session, CacheDriver driver) {
  private static final String TOKENS = "tokens";

  /// Replaces a session that is there; until the new one is whole, the old one stays.
  void write(Path path, int... tokens) {
    try (SessionWriter writer = SessionWriter.create(path, driver.shape())) {
      writer.ints(TOKENS, tokens);
      for (String name : session.stateNames()) {
        Tensor state = session.state(name);
        int rows = Math.toIntExact(state.type().shape().dim(0));
        int used = driver.savedRows(name, rows);
        if (used > 0) {
          writer.tensor(name, state, state.type().bytes() / rows * used);
        }
      }
      driver.save(writer);
      writer.commit();
    }
  }

  /// Restores the cache but for its states.
  ///
  /// @return the tokens
  int[] readCache(SavedSession saved) {
    saved.require(driver.shape());
    driver.restore(saved);
    return saved.ints(TOKENS);
  }

  /// Restores the states that the session has.
  void readStates(SavedSession saved) {
    for (String name : session.stateNames()) {
      if (saved.names().contains(name)) {
        saved.read(name, session.state(name));
      }
    }
  }
}
