package org.jgml.models.chat.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.jgml.models.chat.ChatGoldens;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The texts of errors, each with the place.
final class JinjaExceptionTest {
  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      textBlock =
          """
          {{ message.content.x }} => line 1, column 11: 'message' is undefined
          a\\n{{ m.nope.x }} => line 2, column 10: 'dict object' has no attribute 'nope'
          {{ m['nope'] + 'a' }} => line 1, column 14: 'dict object' has no attribute 'nope'
          {{ [1][3].x }} => line 1, column 10: list object has no element 3
          {{ 'a' + 1 }} => line 1, column 8: unsupported operand types for +: 'str' and 'int'
          {{ 1 / 0 }} => line 1, column 6: division by zero
          {{ m.k() }} => line 1, column 7: 'str' object is not callable
          \\n\\n  {{ 'a' | shout }} => line 3, column 12: no filter is named 'shout'
          {{ 1 is tall }} => line 1, column 9: no test is named 'tall'
          {{ 'a'.replace('a') }} => line 1, column 15: replace needs an argument 'new'
          {{ 'a' | trim(size=1) }} => line 1, column 10: trim takes no argument 'size'
          {% for x in 5 %}{% endfor %} => line 1, column 4: 'int' object is not iterable
          {% for a, b in [[1]] %}{% endfor %} => line 1, column 4: 2 variables cannot take 1 values
          {% set m.k = 1 %} => line 1, column 4: 'm' is no namespace, its members cannot be set
          {{ [].append(1) }} => line 1, column 13: \
          a template must not change values: 'append' of 'list'
          {{ raise_exception('No\\nway') }} => line 1, column 19: No way
          {{ range(10 ** 6) }} => line 1, column 9: range of more than 100000 items
          {{ m | tojson(separators=1) }} => line 1, column 8: int object has no element 0
          {{ }} => line 1, column 4: expected an expression, found '}}'
          {{ m => line 1, column 1: the tag has no end, '}}'
          {% if m %}\\n{% endfor %} => line 2, column 4: unknown tag 'endfor'
          {% if m %}\\nx => line 2, column 2: \
          expected '{% endif %}' of 'if', found the end of the template
          {% macro f(a=1, b) %} => line 1, column 17: \
          parameter 'b' needs a default like those before it
          {% break %} => line 1, column 4: 'break' outside a loop
          {% do m %} => line 1, column 4: unknown tag 'do'
          {% for x in m recursive %} => line 1, column 15: recursive loops are not supported
          {{ 'abc }} => line 1, column 4: the string has no end, '
          {{ m ? 1 }} => line 1, column 6: unexpected character '?'
          {{ f(a=1, 2) }} => line 1, column 11: \
          arguments must be positional ones, then named ones, then *list, then **dict
          """)
  void tellsWhereAndWhat(String template, String message) {
    JinjaException failure =
        assertThrows(
            JinjaException.class,
            () ->
                JinjaTemplate.parse(template.replace("\\n", "\n"))
                    .render(Map.of("m", Map.of("k", "v")), ChatGoldens.NOW));
    assertEquals(message, failure.getMessage());
  }
}
