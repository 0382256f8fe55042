package org.jgml.models.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// What Ctrl-C does until this is closed, as far as the Java runtime lets programs say.
///
/// By reflection, since javac warns of every direct use and has no option against it.
final class Signals implements AutoCloseable {
  private static final String PACKAGE = "sun.misc.";
  private static final String CTRL_C = "INT";

  private final Method handle;
  private final Object signal;
  private final Object previous;

  private Signals(Runnable action) throws ReflectiveOperationException {
    Class<?> signalType = Class.forName(PACKAGE + "Signal");
    Class<?> handlerType = Class.forName(PACKAGE + "SignalHandler");
    handle = signalType.getMethod("handle", signalType, handlerType);
    signal = signalType.getConstructor(String.class).newInstance(CTRL_C);
    previous = handle.invoke(null, signal, handler(handlerType, action));
  }

  /// Calls the action at each Ctrl-C instead of ending the program.
  ///
  /// @return what ends it; null where the runtime does not offer it, and nothing has changed
  static Signals onInterrupt(Runnable action) {
    try {
      return new Signals(action);
    } catch (ReflectiveOperationException _) {
      return null;
    }
  }

  private static Object handler(Class<?> type, Runnable action) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> type.getName();
            });
  }

  @Override
  public void close() {
    try {
      handle.invoke(null, signal, previous);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot give Ctrl-C back", e);
    }
  }
}
