package org.jgml.models.chat;

import java.util.Optional;

/// The template to use for a model.
///
/// @param template with the special tokens of the model as variables
/// @param builtIn the built-in template that it is, empty if it is the one of the model's file
/// @param warning why a built-in one is used: one line, which names it
public record ModelTemplate(
    ChatTemplate template, Optional<BuiltInTemplate> builtIn, Optional<String> warning) {}
