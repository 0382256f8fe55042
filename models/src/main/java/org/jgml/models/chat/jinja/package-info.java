/// An interpreter for the part of the Jinja template language that chat templates are written in.
///
/// [org.jgml.models.chat.jinja.JinjaTemplate] is the way in. A template's text goes through a
/// lexer, which also applies white-space control, and a parser, which makes statements and
/// expressions; a renderer executes them on values that behave as Python's do. White space, filters
/// and functions are set up as Hugging Face transformers does: `trim_blocks`, `lstrip_blocks`, loop
/// controls, `tojson` as `json.dumps` without escapes, `raise_exception` and `strftime_now`.
///
/// Not there: template inheritance, include and import, recursive loops, automatic escaping. Lists
/// and dicts cannot be changed, as in Jinja's immutable sandbox.
package org.jgml.models.chat.jinja;
