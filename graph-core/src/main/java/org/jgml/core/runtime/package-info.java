/// Running plans: sessions own memory, executions run graphs in it.
package org.jgml.core.runtime;
