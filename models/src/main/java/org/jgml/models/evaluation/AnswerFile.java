package org.jgml.models.evaluation;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// Answers on disk, a JSON line each, so that an evaluation that was interrupted goes on where it
/// ended. A last line that was cut off is forgotten.
public final class AnswerFile implements AutoCloseable {
  private final List<Answer> answers = new ArrayList<>();
  private final Writer writer;

  /// Opens a file, or makes it.
  ///
  /// @throws IOException if it cannot be used or holds something else
  public AnswerFile(Path path) throws IOException {
    if (Files.exists(path)) {
      int whole = read(path);
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        file.truncate(whole);
      }
    }
    writer = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// Reads whole lines.
  ///
  /// @return the bytes that they take
  private int read(Path path) throws IOException {
    String text = Files.readString(path);
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    int number = 0;
    for (String line : whole.lines().toList()) {
      number++;
      try {
        answers.add(Answer.of(JSON.std.mapFrom(line)));
      } catch (JacksonException | ClassCastException | NullPointerException e) {
        throw new IOException(
            "%s: line %d is no answer of an evaluation. Fix: name another file for the answers"
                .formatted(path, number),
            e);
      }
    }
    return whole.getBytes(StandardCharsets.UTF_8).length;
  }

  /// The answer to a question under a setup, if it is known.
  public Optional<Answer> find(String question, String setup) {
    return answers.stream()
        .filter(answer -> answer.question().equals(question) && answer.setup().equals(setup))
        .findFirst();
  }

  /// Appends an answer and writes it at once.
  public void add(Answer answer) throws IOException {
    answers.add(answer);
    writer.write(JSON.std.asString(answer.members()) + "\n");
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
