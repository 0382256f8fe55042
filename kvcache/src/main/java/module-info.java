/// Key-value caches, written as graph operations: they own no kernel and know no backend.
module org.jgml.kvcache {
  requires transitive org.jgml.core;

  exports org.jgml.kvcache;
  exports org.jgml.kvcache.tier;
}
