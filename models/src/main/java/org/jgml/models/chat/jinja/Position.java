package org.jgml.models.chat.jinja;

/// A place in a template; lines and columns count from 1.
record Position(int line, int column) {}
