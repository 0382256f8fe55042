package org.jgml.models;

import java.nio.file.Path;
import org.jgml.core.backend.Tensor;
import org.jgml.core.runtime.Session;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.kvcache.tier.SessionWriter;

/// What a model session is in a file: its states and what else it remembers.
record SessionFile(Session session, SessionMemory memory) {
  /// Replaces a session that is there; until the new one is whole, the old one stays.
  void write(Path path) {
    try (SessionWriter writer = SessionWriter.create(path, memory.cache().shape())) {
      for (String name : session.stateNames()) {
        Tensor state = session.state(name);
        int rows = Math.toIntExact(state.type().shape().dim(0));
        int used = memory.savedRows(name, rows);
        if (used > 0) {
          writer.tensor(name, state, state.type().bytes() / rows * used);
        }
      }
      memory.save(writer);
      writer.commit();
    }
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
