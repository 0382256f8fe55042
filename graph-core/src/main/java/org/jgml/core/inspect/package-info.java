/// Eyes inside a graph while it runs: statistics, the first NaN, poisoned memory, times, and two
/// devices side by side.
///
/// All of it is built on [org.jgml.core.runtime.Observer], so a run that nobody watches pays
/// nothing. [Inspection] is the short way in.
package org.jgml.core.inspect;
