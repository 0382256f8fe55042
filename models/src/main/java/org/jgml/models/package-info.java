/// Language models: open a GGUF file, evaluate tokens, generate text.
package org.jgml.models;
