package org.jgml.models;

import java.util.ArrayList;
import java.util.List;
import org.jgml.models.chat.ChatMessage;

/// Messages of which the oldest can be forgotten, a turn at a time: a user's message and all that
/// follows before the user's next.
final class Conversation {
  private static final String SYSTEM = "system";
  private static final String USER = "user";

  private final List<ChatMessage> messages;

  Conversation(List<ChatMessage> messages) {
    this.messages = new ArrayList<>(messages);
  }

  static boolean isSystem(ChatMessage message) {
    return message.role().equals(SYSTEM);
  }

  List<ChatMessage> messages() {
    return List.copyOf(messages);
  }

  void add(ChatMessage message) {
    messages.add(message);
  }

  /// Whether there is a turn before the last.
  boolean hasOlderTurn() {
    return nextTurn() < messages.size();
  }

  void dropOldestTurn() {
    messages.subList(firstTurn(), nextTurn()).clear();
  }

  /// Behind the system messages at the beginning.
  private int firstTurn() {
    return (int) messages.stream().takeWhile(Conversation::isSystem).count();
  }

  private int nextTurn() {
    int i = firstTurn() + 1;
    while (i < messages.size() && !messages.get(i).role().equals(USER)) {
      i++;
    }
    return i;
  }
}
