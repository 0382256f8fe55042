/// The bit layouts of element types: one class per format, each reading and writing rows.
///
/// These are the plain, exact definitions. Backends have faster code of their own and are tested
/// against these.
package org.jgml.core.format;
