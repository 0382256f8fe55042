package org.jgml.models;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgml.models.chat.ChatContent;
import org.jgml.models.chat.ChatMessage;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// Conversations in files: `{"format": "jgml-chat-1", "model": NAME, "messages": [{"role": ROLE,
/// "content": CONTENT}, …]}`, contents as [ChatContent] has them.
final class ChatFile {
  private static final String FORMAT = "jgml-chat-1";
  private static final JSON PRETTY = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  private ChatFile() {}

  static void write(Path file, Optional<String> model, List<ChatMessage> messages)
      throws IOException {
    Map<String, Object> contents = new LinkedHashMap<>();
    contents.put("format", FORMAT);
    model.ifPresent(name -> contents.put("model", name));
    contents.put("messages", messages.stream().map(ChatFile::json).toList());
    Files.writeString(file, PRETTY.asString(contents) + "\n");
  }

  private static Map<String, Object> json(ChatMessage message) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("role", message.role());
    json.put("content", message.content().json());
    return json;
  }

  static List<ChatMessage> read(Path file) throws IOException {
    try {
      if (JSON.std.anyFrom(Files.readString(file)) instanceof Map<?, ?> contents
          && FORMAT.equals(contents.get("format"))
          && contents.get("messages") instanceof List<?> messages) {
        return messages.stream().map(ChatFile::message).toList();
      }
    } catch (JacksonException | CharacterCodingException | IllegalArgumentException malformed) {
      throw new IOException(file + ": not a saved conversation", malformed);
    }
    throw new IOException(file + ": not a saved conversation");
  }

  private static ChatMessage message(Object json) {
    if (json instanceof Map<?, ?> message
        && message.get("role") instanceof String role
        && message.containsKey("content")) {
      ChatContent content = ChatContent.of(message.get("content"));
      return new ChatMessage(role, content, List.of(), Optional.empty(), Optional.empty());
    }
    throw new IllegalArgumentException("a message needs a role and a content");
  }
}
