/// The command line: one class a command, and option groups that they share.
///
/// Standard output carries results only; everything for people goes to standard error. Exit codes:
/// 0 done, 1 the input cannot be used, 2 the command line cannot be understood.
package org.jgml.models.cli;
