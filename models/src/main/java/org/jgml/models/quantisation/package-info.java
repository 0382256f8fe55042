/// Writes a model again with smaller weights: which type each tensor gets, and the conversion.
package org.jgml.models.quantisation;
