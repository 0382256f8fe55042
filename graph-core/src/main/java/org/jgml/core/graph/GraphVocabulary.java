package org.jgml.core.graph;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a class whose methods are the words in which graphs are written, as those of
/// [GraphBuilder] are.
///
/// The source line of a node ([Node#caller]) is where such a word was used, not a line within it.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface GraphVocabulary {}
