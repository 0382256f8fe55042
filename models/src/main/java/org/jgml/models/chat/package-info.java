/// Conversations, and the templates that turn them into the text that a model was trained on.
///
/// [org.jgml.models.chat.ChatTemplates] finds the template of a model: the one in its file, or a
/// built-in one that suits its special tokens. A [org.jgml.models.chat.ChatTemplate] renders a
/// [org.jgml.models.chat.ChatRequest]. The text contains the special tokens, so it is to be
/// tokenized with special tokens recognised and without another one in front.
package org.jgml.models.chat;
