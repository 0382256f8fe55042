package org.jgml.models.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jgml.models.quantisation.SplitRule;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Options that divide the result into several files.
final class QuantizeSplitOptions {
  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,9})([MG])");
  private static final long MEGABYTE = 1_000_000;
  private static final long GIGABYTE = 1_000_000_000;

  @ArgGroup private Choice choice;

  private static final class Choice {
    @Option(
        names = "--keep-split",
        description = "Write as many files as were read: OUT-00001-of-00003.gguf and so on.")
    private boolean asBefore;

    @Option(
        names = "--split-max-size",
        paramLabel = "N(M|G)",
        description = "Write several files with tensors of at most N megabytes or gigabytes each.")
    private String size;

    @Option(
        names = "--split-max-tensors",
        paramLabel = "N",
        description = "Write several files with at most N tensors each.")
    private Integer tensors;
  }

  SplitRule rule() {
    if (choice == null) {
      return new SplitRule.OneFile();
    }
    if (choice.size != null) {
      return new SplitRule.Bytes(bytes(choice.size));
    }
    if (choice.tensors != null) {
      UsageException.requireAtLeast(1, "--split-max-tensors", choice.tensors);
      return new SplitRule.Tensors(choice.tensors);
    }
    return choice.asBefore ? new SplitRule.AsBefore() : new SplitRule.OneFile();
  }

  private static long bytes(String text) {
    Matcher matcher = SIZE.matcher(text.toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new UsageException("--split-max-size is '" + text + "'. Fix: a number and M or G");
    }
    long unit = matcher.group(2).equals("M") ? MEGABYTE : GIGABYTE;
    return Long.parseLong(matcher.group(1)) * unit;
  }
}
