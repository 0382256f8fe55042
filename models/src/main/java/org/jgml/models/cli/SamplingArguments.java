package org.jgml.models.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgml.models.grammar.Grammar;
import org.jgml.models.sampling.DryOptions;
import org.jgml.models.sampling.MirostatOptions;
import org.jgml.models.sampling.PenaltyOptions;
import org.jgml.models.sampling.SamplingOptions;
import org.jgml.models.sampling.StageName;
import org.jgml.models.sampling.TemperatureOptions;
import org.jgml.models.sampling.TextForm;
import org.jgml.models.sampling.TruncationOptions;
import org.jgml.models.sampling.XtcOptions;
import org.jgml.models.tokenizer.Vocabulary;
import picocli.CommandLine.Option;

/// Options on how tokens are chosen, with llama.cpp's names.
final class SamplingArguments {
  private static final String DEFAULT = " (default: ${DEFAULT-VALUE}).";
  private static final String NO_BREAKERS = "none";
  private static final Pattern BIAS = Pattern.compile("(\\d+)([+-])(\\d*\\.?\\d+|inf)");
  private static final SamplingOptions DEFAULTS = SamplingOptions.defaults();
  private static final DryOptions DRY = DEFAULTS.dry();
  private static final MirostatOptions MIROSTAT = DEFAULTS.mirostat();
  private static final PenaltyOptions PENALTIES = DEFAULTS.penalties();
  private static final TemperatureOptions TEMPERATURE = DEFAULTS.temperature();
  private static final TruncationOptions TRUNCATION = DEFAULTS.truncation();
  private static final XtcOptions XTC = DEFAULTS.xtc();

  @Option(
      names = "--samplers",
      paramLabel = "NAMES",
      description = "The samplers that run, in order, separated by ;" + DEFAULT)
  private String order = StageName.format(DEFAULTS.order());

  @Option(
      names = {"--temp", "--temperature"},
      paramLabel = "X",
      description = "Temperature; 0 always takes the likeliest token" + DEFAULT)
  private float temperature = TEMPERATURE.value();

  @Option(
      names = "--dynatemp-range",
      paramLabel = "X",
      description = "The temperature varies by X with certainty; 0 for off" + DEFAULT)
  private float temperatureRange = TEMPERATURE.range();

  @Option(
      names = "--dynatemp-exp",
      paramLabel = "X",
      description = "How the varying temperature grows with uncertainty" + DEFAULT)
  private float temperatureExponent = TEMPERATURE.exponent();

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Choose among the N likeliest; 0 for all" + DEFAULT)
  private int topK = TRUNCATION.topK();

  @Option(
      names = "--typical",
      paramLabel = "X",
      description =
          "Choose among tokens of typical surprise with probability X; 1 for all" + DEFAULT)
  private float typical = TRUNCATION.typicalP();

  @Option(
      names = "--top-p",
      paramLabel = "X",
      description =
          "Choose among the likeliest that together have probability X; 1 for all" + DEFAULT)
  private float topP = TRUNCATION.topP();

  @Option(
      names = "--min-p",
      paramLabel = "X",
      description =
          "Choose among those at least X times as likely as the likeliest; 0 for all" + DEFAULT)
  private float minP = TRUNCATION.minP();

  @Option(
      names = {"--top-nsigma", "--top-n-sigma"},
      paramLabel = "X",
      description =
          "Choose among those with logits at most X standard deviations below the largest;"
              + " -1 for all"
              + DEFAULT)
  private float topNSigma = TRUNCATION.topNSigma();

  @Option(
      names = "--xtc-probability",
      paramLabel = "X",
      description = "How often the likeliest choices are excluded; 0 for never" + DEFAULT)
  private float xtcProbability = XTC.probability();

  @Option(
      names = "--xtc-threshold",
      paramLabel = "X",
      description = "Above which probability choices are excluded; 0.5 for none" + DEFAULT)
  private float xtcThreshold = XTC.threshold();

  @Option(
      names = "--repeat-penalty",
      paramLabel = "X",
      description = "Makes recent tokens less likely; 1 for off" + DEFAULT)
  private float repeatPenalty = PENALTIES.repeat();

  @Option(
      names = "--presence-penalty",
      paramLabel = "X",
      description = "Taken from the logits of recent tokens; 0 for off" + DEFAULT)
  private float presencePenalty = PENALTIES.presence();

  @Option(
      names = "--frequency-penalty",
      paramLabel = "X",
      description = "Taken from the logits of recent tokens each time they occur" + DEFAULT)
  private float frequencyPenalty = PENALTIES.frequency();

  @Option(
      names = "--repeat-last-n",
      paramLabel = "N",
      description = "How many tokens are recent; 0 for none, -1 for all" + DEFAULT)
  private int repeatLastN = PENALTIES.lastN();

  @Option(
      names = "--dry-multiplier",
      paramLabel = "X",
      description = "Penalty for what would repeat a sequence; 0 for off" + DEFAULT)
  private float dryMultiplier = DRY.multiplier();

  @Option(
      names = "--dry-base",
      paramLabel = "X",
      description = "How the penalty grows with the length of the repetition" + DEFAULT)
  private float dryBase = DRY.base();

  @Option(
      names = "--dry-allowed-length",
      paramLabel = "N",
      description = "Repetitions shorter than N tokens cost nothing" + DEFAULT)
  private int dryAllowedLength = DRY.allowedLength();

  @Option(
      names = "--dry-penalty-last-n",
      paramLabel = "N",
      description = "How many tokens are searched for repetitions; -1 for all" + DEFAULT)
  private int dryLastN = DRY.lastN();

  @Option(
      names = "--dry-sequence-breaker",
      paramLabel = "TEXT",
      description =
          "No repetition extends over TEXT; may be given several times, none for no text"
              + " (default: newline, colon, quote and asterisk).")
  private List<String> dryBreakers = List.of();

  @Option(
      names = "--mirostat",
      paramLabel = "N",
      description = "Holds the surprise of the text constant: 1 or 2; 0 for off" + DEFAULT)
  private int mirostat = MIROSTAT.version();

  @Option(
      names = "--mirostat-lr",
      paramLabel = "X",
      description = "How fast mirostat learns, called eta" + DEFAULT)
  private float mirostatLearningRate = MIROSTAT.learningRate();

  @Option(
      names = "--mirostat-ent",
      paramLabel = "X",
      description = "The surprise that mirostat wants, in bits, called tau" + DEFAULT)
  private float mirostatSurprise = MIROSTAT.surprise();

  @Option(
      names = {"-l", "--logit-bias"},
      paramLabel = "ID(+|-)BIAS",
      description = "Makes a token more or less likely, such as 15043-inf; may be repeated.")
  private List<String> logitBias = List.of();

  @Option(names = "--ignore-eos", description = "Never end the text: -n or the context does.")
  private boolean ignoresEnd;

  @Option(
      names = "--grammar",
      paramLabel = "GBNF",
      description = "The text follows this grammar, from its rule root on.")
  private String grammar;

  @Option(
      names = "--grammar-file",
      paramLabel = "FILE",
      description = "The text follows the grammar in a file.")
  private Path grammarFile;

  @Option(
      names = {"-j", "--json-schema"},
      paramLabel = "SCHEMA",
      description = "The text is JSON that is valid under this schema; {} for any.")
  private String jsonSchema;

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "N",
      description = "Equal seeds give equal texts; -1 for a random one (default: -1).")
  private long seed = -1;

  /// @param vocabulary tells which tokens end a text
  SamplingOptions samplingOptions(Vocabulary vocabulary) {
    Optional<TextForm> form = form();
    return UsageException.checked(() ->
        new SamplingOptions(
            StageName.parseOrder(order),
            biases(vocabulary),
            new PenaltyOptions(repeatPenalty, frequencyPenalty, presencePenalty, repeatLastN),
            new DryOptions(dryMultiplier, dryBase, dryAllowedLength, dryLastN, breakers()),
            new TruncationOptions(topK, typical, topP, minP, topNSigma),
            new XtcOptions(xtcProbability, xtcThreshold),
            new TemperatureOptions(temperature, temperatureRange, temperatureExponent),
            new MirostatOptions(mirostat, mirostatSurprise, mirostatLearningRate),
            form,
            seed == -1 ? DEFAULTS.seed() : seed));
  }

  private Optional<TextForm> form() {
    if (Stream.of(grammar, grammarFile, jsonSchema).filter(Objects::nonNull).count() > 1) {
      throw new UsageException("give only one of --grammar, --grammar-file and --json-schema");
    }
    if (jsonSchema != null) {
      return Optional.of(UsageException.checked(() -> Grammar.ofJsonSchema(jsonSchema)));
    }
    if (grammar != null) {
      return Optional.of(UsageException.checked(() -> Grammar.parse(grammar)));
    }
    return Optional.ofNullable(grammarFile).map(file -> Grammar.parse(read(file)));
  }

  private static String read(Path file) {
    try {
      return InputFile.text(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> breakers() {
    if (dryBreakers.isEmpty()) {
      return DRY.breakers();
    }
    return dryBreakers.contains(NO_BREAKERS) ? List.of() : dryBreakers;
  }

  private Map<Integer, Float> biases(Vocabulary vocabulary) {
    Map<Integer, Float> biases = new LinkedHashMap<>();
    if (ignoresEnd) {
      vocabulary.endOfGeneration().forEach(token -> biases.put(token, Float.NEGATIVE_INFINITY));
    }
    for (String text : logitBias) {
      Matcher parts = BIAS.matcher(text);
      if (!parts.matches()) {
        throw new UsageException(
            "--logit-bias expects a token and a bias such as 15043+1.5, found '" + text + "'");
      }
      String size = parts.group(3).replace("inf", "Infinity");
      biases.merge(token(parts.group(1)), Float.valueOf(parts.group(2) + size), Float::sum);
    }
    return biases;
  }

  private static int token(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException _) {
      throw new UsageException("--logit-bias: there is no token " + digits);
    }
  }
}
