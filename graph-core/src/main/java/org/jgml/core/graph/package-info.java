/// Graphs: immutable recipes for tensors, the builder that makes them, and what checks and prints
/// them.
package org.jgml.core.graph;
