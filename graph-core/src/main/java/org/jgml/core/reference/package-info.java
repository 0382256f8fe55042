/// The oracle: a device that computes every op in double precision with plain loops.
package org.jgml.core.reference;
