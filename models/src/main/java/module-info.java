/// GGUF models: reading files, tokenizing, building graphs, sampling, and the command line.
module org.jgml.models {
  requires transitive org.jgml.core;
  requires transitive org.jgml.kvcache;
  requires info.picocli;
  requires tools.jackson.jr.ob;

  // Its signals let Ctrl-C end an answer only.
  requires jdk.unsupported;

  exports org.jgml.models;
  exports org.jgml.models.architecture;
  exports org.jgml.models.chat;
  exports org.jgml.models.evaluation;
  exports org.jgml.models.gguf;
  exports org.jgml.models.grammar;
  exports org.jgml.models.perplexity;
  exports org.jgml.models.quantisation;
  exports org.jgml.models.sampling;
  exports org.jgml.models.tokenizer;

  // Its annotations are read and its fields written by reflection.
  opens org.jgml.models.cli to
      info.picocli;
}
