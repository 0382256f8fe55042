/// Long-context benchmarks: questions about long texts, answers of a model, scores.
package org.jgml.models.evaluation;
