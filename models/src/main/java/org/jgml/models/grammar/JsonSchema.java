package org.jgml.models.grammar;

import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// Translates a JSON schema into GBNF.
///
/// Every text of the grammar is valid under the schema. The converse holds but for form: of white
/// space there is little, properties come in the order of the schema, and an object that names
/// properties has no others unless `additionalProperties` says so. Of those, a grammar cannot keep
/// a name from coming twice. A schema without a type gets that of its keywords.
public final class JsonSchema {
  private JsonSchema() {}

  /// The grammar of a schema.
  ///
  /// @throws GrammarException if the schema is malformed, or asks for what a grammar cannot express
  public static String toGbnf(String schema) {
    return SchemaTranslator.translate(parse(schema));
  }

  private static Object parse(String schema) {
    try {
      return JSON.std.anyFrom(schema);
    } catch (JacksonException malformed) {
      throw new GrammarException(
          "schema, line %d, column %d: malformed JSON: %s"
              .formatted(
                  malformed.getLocation().getLineNr(),
                  malformed.getLocation().getColumnNr(),
                  problem(malformed)));
    }
  }

  /// What the parser says, without where what is open began, which it does not know.
  private static String problem(JacksonException malformed) {
    return malformed.getOriginalMessage().replaceFirst(" \\(start marker at .*", "");
  }
}
