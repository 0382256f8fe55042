/// Key-value caches: what a transformer remembers of the tokens before, as graph operations.
package org.jgml.kvcache;
