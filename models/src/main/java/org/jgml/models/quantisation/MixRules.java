package org.jgml.models.quantisation;

import static org.jgml.models.gguf.GgufType.IQ2_S;
import static org.jgml.models.gguf.GgufType.IQ3_S;
import static org.jgml.models.gguf.GgufType.IQ3_XXS;
import static org.jgml.models.gguf.GgufType.MXFP4;
import static org.jgml.models.gguf.GgufType.Q3_K;
import static org.jgml.models.gguf.GgufType.Q4_K;
import static org.jgml.models.gguf.GgufType.Q5_K;
import static org.jgml.models.gguf.GgufType.Q6_K;
import static org.jgml.models.gguf.GgufType.Q8_0;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.GgufType;

/// Which type each tensor of a model gets in a mix: more bits where they help most.
///
/// These are the rules of llama.cpp (`llama-quant.cpp`, August 2026) without an importance matrix,
/// so that a file of a given name holds what users of that program expect. Tensors must be asked
/// for in the order of their layers: some rules count.
final class MixRules {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\..*");
  private static final int MANY_HEADS = 4;
  private static final int EIGHT_EXPERTS = 8;

  private final FileType fileType;
  private final ModelFacts model;
  private int attentionValues;
  private int downs;
  private int gates;
  private int ups;

  MixRules(FileType fileType, ModelFacts model) {
    this.fileType = fileType;
    this.model = model;
  }

  /// Whether the token embedding is the output matrix as well.
  boolean isTied() {
    return model.isTied();
  }

  GgufType type(GgufTensor tensor) {
    TensorRole role = TensorRole.of(tensor.name());
    if (role == TensorRole.OUTPUT || role == TensorRole.TOKEN_EMBEDDING && model.isTied()) {
      return output(tensor);
    }
    if (fileType == FileType.MXFP4_MOE) {
      return tensor.shape().rank() > 2 && tensor.shape().dim(0) > 1 ? MXFP4 : Q8_0;
    }
    return switch (role) {
      case OUTPUT, OTHER -> fileType.type();
      case TOKEN_EMBEDDING -> tokenEmbedding();
      case ATTENTION_VALUE -> attentionValue();
      case ATTENTION_KEY -> attentionKey();
      case ATTENTION_QUERY -> attentionQuery();
      case ATTENTION_OUTPUT -> attentionOutput();
      case FEED_FORWARD_DOWN -> down(layer(tensor, downs++));
      case FEED_FORWARD_GATE -> inner(layer(tensor, gates++));
      case FEED_FORWARD_UP -> inner(layer(tensor, ups++));
    };
  }

  private GgufType output(GgufTensor tensor) {
    if (fileType == FileType.MXFP4_MOE
        || model.architecture().equals("falcon")
        || tensor.shape().rowLength() % fileType.type().blockElements() != 0) {
      return Q8_0;
    }
    return switch (fileType) {
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ2_M, IQ3_XXS -> Q5_K;
      case Q8_0 -> Q8_0;
      default -> Q6_K;
    };
  }

  private GgufType tokenEmbedding() {
    return switch (fileType) {
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS -> GgufType.Q2_K;
      case IQ2_S, IQ2_M, IQ3_XXS -> IQ3_S;
      case TQ1_0, TQ2_0 -> Q4_K;
      default -> fileType.type();
    };
  }

  private GgufType attentionValue() {
    int index = attentionValues++;
    boolean isShared = model.headsPerKey() >= MANY_HEADS;
    GgufType type =
        switch (fileType) {
          case Q2_K -> isShared ? Q4_K : Q3_K;
          case IQ2_M -> isShared || model.experts() >= MANY_HEADS ? Q4_K : IQ3_S;
          case IQ3_XXS -> isShared ? Q4_K : IQ3_S;
          case Q2_K_S, IQ3_XS, IQ3_S -> isShared ? Q4_K : fileType.type();
          case IQ3_M -> Q4_K;
          case Q3_K_M -> index < 2 ? Q5_K : Q4_K;
          case Q3_K_L -> Q5_K;
          case IQ4_NL, IQ4_XS -> isShared ? Q5_K : fileType.type();
          case Q4_K_M, Q5_K_M ->
              deservesMore(index, model.attentionValues()) ? Q6_K : fileType.type();
          case Q4_K_S -> index < 4 ? Q5_K : Q4_K;
          default -> fileType.type();
        };
    if (fileType == FileType.IQ2_M) {
      return type;
    }
    if (model.experts() == EIGHT_EXPERTS) {
      return Q8_0;
    }
    return model.isSeventyBillion() && (type == Q3_K || type == Q4_K) ? Q5_K : type;
  }

  private GgufType attentionKey() {
    if (model.experts() == EIGHT_EXPERTS) {
      return fileType == FileType.IQ2_M ? Q4_K : Q8_0;
    }
    return attentionQuery();
  }

  private GgufType attentionQuery() {
    return switch (fileType) {
      case IQ3_XS -> IQ3_XXS;
      case IQ3_XXS -> IQ2_S;
      default -> fileType.type();
    };
  }

  private GgufType attentionOutput() {
    if (model.architecture().equals("falcon")) {
      return fileType == FileType.Q3_K_L ? Q4_K : fileType.type();
    }
    if (model.experts() == EIGHT_EXPERTS) {
      return switch (fileType) {
        case Q2_K,
            IQ3_XS,
            IQ3_XXS,
            Q3_K_S,
            Q3_K_M,
            IQ4_NL,
            Q4_K_S,
            Q4_K_M,
            IQ3_S,
            IQ3_M,
            IQ4_XS,
            IQ2_M ->
            Q5_K;
        default -> fileType.type();
      };
    }
    return switch (fileType) {
      case Q2_K -> Q3_K;
      case IQ2_M, IQ3_XXS -> IQ3_S;
      case Q3_K_M, IQ3_M -> Q4_K;
      case Q3_K_L -> Q5_K;
      default -> fileType.type();
    };
  }

  private GgufType down(int layer) {
    boolean deservesMore = deservesMore(layer, model.layers());
    return model.architecture().equals("falcon")
        ? downOfFalcon(layer, deservesMore)
        : down(layer, deservesMore);
  }

  private GgufType down(int layer, boolean deservesMore) {
    boolean isFirst = layer < model.layers() / 8;
    return switch (fileType) {
      case Q2_K -> Q3_K;
      case Q2_K_S -> isFirst ? Q4_K : fileType.type();
      case IQ2_M -> isFirst ? IQ3_S : fileType.type();
      case IQ3_XXS -> isFirst ? Q4_K : Q3_K;
      case Q3_K_M -> layer < model.layers() / 16 ? Q5_K : Q4_K;
      case Q3_K_L -> Q5_K;
      case IQ3_M ->
          isFirst || model.experts() == EIGHT_EXPERTS && deservesMore ? Q4_K : fileType.type();
      case Q4_K_M, Q5_K_M -> deservesMore ? Q6_K : fileType.type();
      case IQ4_NL, IQ4_XS, Q4_K_S -> isFirst ? Q5_K : fileType.type();
      default -> fileType.type();
    };
  }

  private GgufType downOfFalcon(int layer, boolean deservesMore) {
    boolean isFirst = layer < model.layers() / 16;
    return switch (fileType) {
      case Q3_K_M -> isFirst ? Q5_K : deservesMore ? Q4_K : Q3_K;
      case Q3_K_L -> Q4_K;
      case Q4_K_M -> isFirst ? Q6_K : deservesMore ? Q5_K : Q4_K;
      case Q4_K_S -> Q4_K;
      default -> down(layer, deservesMore);
    };
  }

  private GgufType inner(int layer) {
    boolean isMiddle = layer >= model.layers() / 8 && layer < 7 * model.layers() / 8;
    return fileType == FileType.IQ3_XS && isMiddle ? IQ3_XXS : fileType.type();
  }

  /// The first and last eighth of the layers, and every third between them.
  private static boolean deservesMore(int layer, int layers) {
    int eighth = layers / 8;
    return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
  }

  /// In mixtures of experts a layer has more tensors than one; there the name tells.
  private int layer(GgufTensor tensor, int counted) {
    Matcher matcher = LAYER.matcher(tensor.name());
    return model.experts() > 1 && matcher.matches() ? layerNumber(matcher) : counted;
  }

  private static int layerNumber(Matcher matcher) {
    String digits = matcher.group(1);
    return digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  /// The layer of a tensor, or one after all others.
  static int layerOf(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.matches() ? layerNumber(matcher) : Integer.MAX_VALUE;
  }
}
