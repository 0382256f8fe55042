package org.jgml.models.cli;

/// What Ctrl-C means in a chat: while an answer is written, stop it; at the prompt, leave when
/// pressed again.
final class ChatInterrupts {
  private final Runnable stop;
  private final Runnable hint;
  private final Runnable leave;
  private boolean answering;
  private boolean pressed;

  /// @param stop ends the answer
  /// @param hint tells how to leave
  /// @param leave ends the program
  ChatInterrupts(Runnable stop, Runnable hint, Runnable leave) {
    this.stop = stop;
    this.hint = hint;
    this.leave = leave;
  }

  synchronized void answerBegins() {
    answering = true;
    pressed = false;
  }

  synchronized void answerEnds() {
    answering = false;
  }

  /// Ctrl-C was pressed; called by any thread.
  void interrupt() {
    reaction().run();
  }

  private synchronized Runnable reaction() {
    if (answering) {
      return stop;
    }
    boolean again = pressed;
    pressed = true;
    return again ? leave : hint;
  }
}
