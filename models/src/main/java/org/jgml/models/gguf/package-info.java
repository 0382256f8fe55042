/// GGUF, the container of models: reading it in place, from a mapped file, and writing it.
///
/// The format is little-endian: a header, metadata (keys with typed values), tensor declarations,
/// and the bytes of the tensors, each at a multiple of the alignment. Versions 2 and 3 are read, 3
/// is written. A file that breaks the rules is refused with a [GgufException]; it can cause no
/// other exception, no endless loop and no allocation larger than the file.
package org.jgml.models.gguf;
