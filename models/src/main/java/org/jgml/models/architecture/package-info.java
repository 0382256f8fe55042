/// Transformer architectures as graph builders: one block builder each, one line an op.
package org.jgml.models.architecture;
