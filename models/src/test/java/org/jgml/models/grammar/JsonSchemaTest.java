package org.jgml.models.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the grammar of a schema accepts and refuses. Schemas and texts have `'` for `"`.
final class JsonSchemaTest {
  private static Arguments of(String schema, List<String> accepted, List<String> refused) {
    return Arguments.of(schema, accepted, refused);
  }

  static List<Arguments> values() {
    return List.of(
        of("{}", List.of("1", "{'a': [null]}", "'x'"), List.of("", "{a}")),
        of("true", List.of("false"), List.of("no")),
        of("{'type': 'null'}", List.of("null"), List.of("0")),
        of("{'type': ['boolean', 'null']}", List.of("true", "null"), List.of("1")),
        of("{'type': 'string'}", List.of("''", "'é\\n\\u00e9'"), List.of("'\\ud800'", "'\n'", "1")),
        of("{'minLength': 2, 'maxLength': 3}", List.of("'ab'", "'日本語'"), List.of("'a'", "'abcd'")),
        of("{'const': {'a': [1, '\\n']}}", List.of("{'a':[1,'\\n']}"), List.of("{}")),
        of("{'const': null}", List.of("null"), List.of("")),
        of("{'enum': ['a', 2, null, true]}", List.of("'a'", "2", "null"), List.of("a", "'2'")),
        of("{'type': 'string', 'enum': ['a', 2]}", List.of("'a'"), List.of("2")));
  }

  static List<Arguments> numbers() {
    return List.of(
        of("{'type': 'integer'}", List.of("0", "-12"), List.of("01", "1.0", "+1", "")),
        of("{'type': 'number'}", List.of("0.5", "-1e9", "3"), List.of(".5", "1.", "NaN")),
        of("{'type': 'integer', 'minimum': 0}", List.of("0", "77"), List.of("-1", "-0")),
        of("{'type': 'integer', 'exclusiveMaximum': 3}", List.of("2", "-99"), List.of("3", "10")),
        of("{'type': 'integer', 'minimum': 1.5, 'maximum': 2.5}", List.of("2"), List.of("1", "3")),
        of("{'type': 'number', 'minimum': 0}", List.of("0", "0.1", "123"), List.of("-0.1")),
        of("{'exclusiveMinimum': 0, 'maximum': 1}", List.of("1.0", "0.01"), List.of("0", "0.0")),
        of("{'minimum': -2, 'maximum': -1}", List.of("-1.5", "-2.0"), List.of("-0.9", "-2.1")));
  }

  static List<Arguments> objects() {
    return List.of(
        of(
            "{'properties': {'a': {'type': 'integer'}, 'b': {'type': 'null'}}, 'required': ['a']}",
            List.of("{'a':1}", "{ 'a': 1, 'b': null }"),
            List.of("{}", "{'b':null}", "{'b':null,'a':1}", "{'a':1,}", "{'a':1,'c':1}")),
        of(
            "{'properties': {'a': {}, 'b': {}, 'c': {}}}",
            List.of("{}", "{'a':1}", "{'b':1}", "{'c':1}", "{'a':1,'c':2}", "{'b':1,'c':2}"),
            List.of("{,'b':1}", "{'a':1 'b':1}")),
        of(
            "{'properties': {'ab': {'type': 'null'}}, 'additionalProperties': {'type': 'integer'}}",
            List.of("{'ab':null,'a':1,'abc':2}", "{'b':1}", "{}", "{'':1}"),
            List.of("{'ab':1}", "{'x':null}", "{'ab':null,'ab':1}", "{'\\u0061b':1}")),
        of(
            "{'type': 'object', 'additionalProperties': false}",
            List.of("{}", "{ }"),
            List.of("{'a':1}")),
        of(
            "{'required': ['a'], 'additionalProperties': {'type': 'integer'}}",
            List.of("{'a':1}", "{'a':1,'b':2}"),
            List.of("{}", "{'b':2}", "{'a':1,'a':2}")),
        of("{'properties': {'\\n\\'': {}}}", List.of("{'\\n\\'':1}"), List.of("{'n':1}")));
  }

  static List<Arguments> arrays() {
    return List.of(
        of("{'type': 'array'}", List.of("[]", "[1, 'a']"), List.of("[1,]", "{}")),
        of(
            "{'items': {'type': 'integer'}, 'minItems': 2, 'maxItems': 3}",
            List.of("[1,2]", "[1, 2, 3]"),
            List.of("[]", "[1]", "[1,2,3,4]", "[1,null]")),
        of("{'items': {'type': 'null'}, 'maxItems': 1}", List.of("[]", "[null]"), List.of("[1]")),
        of("{'type': 'array', 'maxItems': 0}", List.of("[]"), List.of("[1]")),
        of(
            "{'prefixItems': [{'const': 1}, {'const': 2}], 'items': false}",
            List.of("[]", "[1]", "[1,2]"),
            List.of("[2]", "[1,2,3]")),
        of(
            "{'prefixItems': [{'const': 1}], 'items': {'const': 0}, 'minItems': 2, 'maxItems': 3}",
            List.of("[1,0]", "[1,0,0]"),
            List.of("[1]", "[0,0]", "[1,0,0,0]")));
  }

  static List<Arguments> patterns() {
    return List.of(
        of(
            "{'pattern': '^a[b-d]{2}\\\\d?$'}",
            List.of("'abc'", "'add7'"), List.of("'ab'", "'xabc'")),
        of("{'pattern': 'b+'}", List.of("'abc'", "'b'"), List.of("'ac'", "''")),
        of("{'pattern': '^(a|b\\\\.)*?$'}", List.of("''", "'ab.a'"), List.of("'b'", "'c'")),
        of("{'pattern': '^[^\\\\w]\\\\n$'}", List.of("'-\\n'", "'\\'\\n'"), List.of("'a\\n'")));
  }

  static List<Arguments> combinations() {
    return List.of(
        of("{'anyOf': [{'type': 'null'}, {'const': 'a'}]}", List.of("null", "'a'"), List.of("'b'")),
        of(
            "{'type': 'object', 'properties': {'k': {'type': 'integer'}}, 'required': ['k'],"
                + " 'anyOf': [{'properties': {'a': {}}, 'required': ['a']}, {}]}",
            List.of("{'k':1,'a':2}", "{'k':1}"),
            List.of("{'a':2}")),
        of(
            "{'oneOf': [{'properties': {'t': {'const': 1}}, 'required': ['t'], 'type': 'object'},"
                + "{'properties': {'t': {'const': 2}}, 'required': ['t'], 'type': 'object'}]}",
            List.of("{'t':1}", "{'t':2}"),
            List.of("{'t':3}")),
        of(
            "{'allOf': [{'type': 'number', 'minimum': 3}, {'type': 'integer', 'maximum': 5}]}",
            List.of("3", "5"),
            List.of("2", "6", "4.5")),
        of(
            "{'$ref': '#/$defs/tree', '$defs': {'tree': {'type': 'object', 'properties':"
                + "{'kids': {'items': {'$ref': '#/$defs/tree'}}}, 'required': ['kids']}}}",
            List.of("{'kids':[]}", "{'kids':[{'kids':[{'kids':[]}]}]}"),
            List.of("{}", "{'kids':[{}]}")),
        of(
            "{'items': {'$ref': '#/definitions/a~1b%20c'}, 'definitions': {'a/b c': {'const': 1}}}",
            List.of("[1]"), List.of("[2]")),
        of("{'title': 'x', 'format': 'y', 'x-z': 1, 'type': 'null'}", List.of("null"), List.of()));
  }

  @ParameterizedTest
  @MethodSource({"values", "numbers", "objects", "arrays", "patterns", "combinations"})
  void acceptsAndRefuses(String schema, List<String> accepted, List<String> refused) {
    Grammar grammar = Grammar.ofJsonSchema(schema.replace('\'', '"'));
    for (String text : accepted) {
      assertTrue(grammar.matches(text.replace('\'', '"')), () -> "refused " + text);
    }
    for (String text : refused) {
      assertFalse(grammar.matches(text.replace('\'', '"')), () -> "accepted " + text);
    }
  }

  static List<Arguments> refusals() {
    return List.of(
        Arguments.of("{'type': ", "schema, line 1, column 10: malformed JSON"),
        Arguments.of("3", "schema, #: not a schema: 3"),
        Arguments.of("{'type': 'float'}", "schema, #: unknown type 'float'"),
        Arguments.of("{'multipleOf': 3}", "schema, #: a grammar cannot express multipleOf"),
        Arguments.of("{'items': {'not': {}}}", "schema, #/items: a grammar cannot express not"),
        Arguments.of("{'uniqueItems': true}", "schema, #: a grammar cannot express uniqueItems"),
        Arguments.of(
            "{'$ref': 'http://x/y'}", "schema, #: a grammar cannot express a reference to"),
        Arguments.of("{'$ref': '#/$defs/no'}", "schema, #: there is no #/$defs/no"),
        Arguments.of("{'pattern': '(?=a)'}", "schema, #: pattern, character 2: a grammar cannot"),
        Arguments.of("{'pattern': '\\\\bx'}", "schema, #: pattern, character 3: a grammar cannot"),
        Arguments.of("{'pattern': '^a|b$'}", "schema, #: pattern, character 6: a grammar cannot"),
        Arguments.of("{'pattern': 'a{2,1}'}", "schema, #: pattern, character 2: at most 1 cannot"),
        Arguments.of("{'pattern': '\\\\u00g1'}", "schema, #: pattern, character 1: expected 4 hex"),
        Arguments.of("{'pattern': 'a', 'maxLength': 3}", "schema, #: a grammar cannot express a p"),
        Arguments.of(
            "{'type': 'number', 'minimum': 0.5}", "schema, #: a grammar cannot express a b"),
        Arguments.of("{'minItems': 3, 'maxItems': 2}", "schema, #: minItems 3 is above maxItems 2"),
        Arguments.of("{'minimum': 3, 'maximum': 2}", "schema, #: no number lies between 3 and 2"),
        Arguments.of("{'enum': []}", "schema, #: nothing is allowed"),
        Arguments.of("{'properties': [1]}", "schema, #: properties must be an object"),
        Arguments.of("{'required': [1]}", "schema, #: required must name properties, not 1"),
        Arguments.of("{'minLength': 1.5}", "schema, #: minLength cannot be 1.5"),
        Arguments.of(
            "{'oneOf': [{'type': 'integer'}, {'type': 'number'}]}",
            "schema, #/oneOf/1: a grammar cannot express oneOf with parts that may overlap"),
        Arguments.of(
            "{'allOf': [{'type': 'null'}, {'type': 'string'}]}",
            "schema, #: nothing is both [null] and [string]"),
        Arguments.of(
            "{'allOf': [{'additionalProperties': false}, {'properties': {'a': {}}}]}",
            "schema, #: a grammar cannot express additionalProperties together"),
        Arguments.of(
            "{'required': ['a'], 'additionalProperties': false}",
            "schema, #: 'a' is required, but not allowed"),
        Arguments.of("{'allOf': [{'$ref': '#'}]}", "schema, #"),
        Arguments.of("{'type': ['string'], 'const': 1}", "schema, #: nothing is allowed"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void namesWhatItCannotExpress(String schema, String message) {
    GrammarException refused =
        assertThrows(GrammarException.class, () -> Grammar.ofJsonSchema(schema.replace('\'', '"')));
    assertTrue(refused.getMessage().startsWith(message), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  @Test
  void integersAreExactlyThoseBetweenTheBounds() {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      int low = random.nextInt(1 << random.nextInt(1, 12)) - (random.nextBoolean() ? 0 : 900);
      int high = low + random.nextInt(1 << random.nextInt(1, 12));
      Grammar grammar =
          Grammar.ofJsonSchema(
              "{\"type\":\"integer\",\"minimum\":%d,\"maximum\":%d}".formatted(low, high));
      for (int i = 0; i < 100; i++) {
        int number = low - 20 + random.nextInt(high - low + 40);
        assertEquals(
            number >= low && number <= high,
            grammar.matches(String.valueOf(number)),
            () -> number + " in " + low + " to " + high);
      }
    }
    String range = IntegerRange.of(BigInteger.TWO, BigInteger.TEN.pow(30));
    assertTrue(Grammar.parse("root ::= " + range).matches("999999999999999999999999999999"));
  }

  @Test
  void numbersAreExactlyThoseBetweenTheBounds() {
    Random random = new Random(4);
    for (int round = 0; round < 300; round++) {
      int low = random.nextInt(60) - 30;
      int high = low + 1 + random.nextInt(25);
      boolean lowOut = random.nextBoolean();
      boolean highOut = random.nextBoolean();
      String schema =
          "{\"type\":\"number\",\"%s\":%d,\"%s\":%d}"
              .formatted(
                  lowOut ? "exclusiveMinimum" : "minimum",
                  low,
                  highOut ? "exclusiveMaximum" : "maximum",
                  high);
      Grammar grammar = Grammar.ofJsonSchema(schema);
      for (int i = 0; i < 100; i++) {
        BigDecimal number = BigDecimal.valueOf(random.nextInt(1400) - 700L, random.nextInt(3));
        int toLow = number.compareTo(BigDecimal.valueOf(low));
        int toHigh = number.compareTo(BigDecimal.valueOf(high));
        assertEquals(
            (lowOut ? toLow > 0 : toLow >= 0) && (highOut ? toHigh < 0 : toHigh <= 0),
            grammar.matches(number.toPlainString()),
            () -> number + " under " + schema);
      }
    }
  }

  @Test
  void whatASchemaLacksIsSaidWithoutWhatTheParserDoesNotKnow() {
    GrammarException refused = assertThrows(GrammarException.class, () -> JsonSchema.toGbnf("{"));
    assertTrue(refused.getMessage().endsWith("close marker for Object"), refused::getMessage);
  }
}
