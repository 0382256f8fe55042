package org.jgml.models.chat.jinja;

/// How JSON is laid out, by the parameters of Python's `json.dumps`.
///
/// @param indent what a level is indented by, or null for all on one line
record JsonStyle(
    boolean asciiOnly,
    String indent,
    String itemSeparator,
    String keySeparator,
    boolean sortsKeys) {}
