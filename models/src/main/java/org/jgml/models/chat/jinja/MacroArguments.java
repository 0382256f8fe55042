package org.jgml.models.chat.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The arguments of one call of a macro, taken by its parameters one after the other.
final class MacroArguments {
  private final Statement.Procedure procedure;
  private final List<Value> positional;
  private final Map<String, Value> named;
  private int taken;

  MacroArguments(Statement.Procedure procedure, Arguments arguments) {
    this.procedure = procedure;
    this.positional = arguments.positional();
    this.named = new LinkedHashMap<>(arguments.named());
  }

  /// The argument for the next parameter, if there is one.
  Optional<Value> take(String parameter) {
    return taken < positional.size()
        ? Optional.of(positional.get(taken++))
        : Optional.ofNullable(named.remove(parameter));
  }

  /// What a parameter is that neither the call nor a default gives a value.
  static Value missing(Statement.Parameter parameter) {
    return new UndefinedValue("parameter '" + parameter.name() + "' was not provided");
  }

  /// The variables `varargs`, `kwargs` and `caller`, as far as the macro uses them; what is left
  /// over is in them.
  ///
  /// @throws EvaluationException if something is left over and the macro does not use them
  Map<String, Value> implicit() {
    Map<String, Value> variables = new LinkedHashMap<>();
    if (procedure.implicit().contains("caller")) {
      Value caller = named.remove("caller");
      variables.put("caller", caller == null ? new UndefinedValue("no caller defined") : caller);
    }
    if (procedure.implicit().contains("kwargs")) {
      variables.put("kwargs", MapValue.ofTexts(named));
      named.clear();
    }
    List<Value> rest = positional.subList(taken, positional.size());
    if (procedure.implicit().contains("varargs")) {
      variables.put("varargs", new SequenceValue(SequenceValue.Kind.TUPLE, rest));
    } else if (!rest.isEmpty()) {
      throw problem("takes at most " + taken + " arguments, got " + positional.size());
    }
    if (!named.isEmpty()) {
      throw problem("takes no argument '" + named.keySet().iterator().next() + "'");
    }
    return variables;
  }

  private EvaluationException problem(String problem) {
    return new EvaluationException("macro '" + procedure.name() + "' " + problem);
  }
}
