package org.jgml.models.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jgml.kvcache.InfLlmParameters;

/// Published configurations of InfLLM: those of its code by the model they are for, and those of
/// the paper, which look at more blocks.
final class InfLlmPreset {
  /// The one to begin with.
  static final String DEFAULT = "mistral";

  /// What the published code appends to the names of its files.
  private static final String PUBLISHED_SUFFIX = "-inf-llm";

  private static final Map<String, InfLlmParameters> BY_NAME = byName();

  private InfLlmPreset() {}

  private static Map<String, InfLlmParameters> byName() {
    InfLlmParameters published = InfLlmParameters.published();
    int block = published.blockSize();
    Map<String, InfLlmParameters> presets = new LinkedHashMap<>();
    presets.put("mistral", published);
    presets.put("mistral-12k", published.withBlocks(block, 64));
    presets.put("llama-3", published);
    presets.put("qwen", published);
    presets.put("vicuna", published.withWindow(128, 2048, 512));
    presets.put("minicpm", published.withWindow(128, 2048, 512));
    presets.put("paper-mistral", published.withBlocks(block, 96));
    presets.put("paper-llama-3", published.withBlocks(block, 32));
    return presets;
  }

  /// The parameters of this name.
  ///
  /// @throws UsageException naming those there are
  static InfLlmParameters parameters(String name) {
    InfLlmParameters parameters = BY_NAME.get(name.replaceFirst(PUBLISHED_SUFFIX + "$", ""));
    if (parameters == null) {
      throw new UsageException(
          "no --infllm-preset '%s'; there are %s"
              .formatted(name, String.join(", ", BY_NAME.keySet())));
    }
    return parameters;
  }
}
