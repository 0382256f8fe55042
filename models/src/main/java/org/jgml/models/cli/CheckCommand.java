package org.jgml.models.cli;

import picocli.CommandLine.Command;

@Command(name = "check")
final class CheckCommand {}
