/// Running plans: devices are found, sessions own memory, executions run graphs in it.
package org.jgml.core.runtime;
