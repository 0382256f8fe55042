#include "ptx_text.h"

#include <string.h>

namespace ptx {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
      || c == '$' || c == '%' || c == '.';
}

std::vector<word> words_of(const std::string &text) {
  std::vector<word> words;
  int line = 1;
  for (const char *at = text.c_str(); *at != 0;) {
    const char *begin = at;
    if (*at == '\n') {
      line++;
      at++;
    } else if (*at == ' ' || *at == '\t' || *at == '\r') {
      at++;
    } else if (at[0] == '/' && at[1] == '/') {
      at += strcspn(at, "\n");
    } else if (*at == '"') {
      at = strchr(at + 1, '"');
      at = at == 0 ? begin + strlen(begin) : at + 1;
      words.push_back(word{std::string_view(begin, at - begin), line});
    } else {
      at++;
      while (is_letter(*begin) && is_letter(*at)) {
        at++;
      }
      words.push_back(word{std::string_view(begin, at - begin), line});
    }
  }
  return words;
}

std::vector<variable> parameters_of(reader &from) {
  std::vector<variable> found;
  from.expect("(");
  while (!from.take(")")) {
    from.expect(".param");
    found.push_back(from.declaration(".param"));
    from.take(",");
  }
  return found;
}

function function_of(reader &from) {
  function f;
  if (from.peek() == "(") {
    f.results = parameters_of(from);
  }
  f.name = from.next().text;
  if (from.peek() == "(") {
    f.parameters = parameters_of(from);
  }
  while (!from.take("{")) {
    if (from.next().text == ".maxntid") {
      f.most_threads = (unsigned)number_of(from.next().text);
    }
  }
  f.begin = from.position();
  from.skip_braces();
  f.end = from.position() - 1;
  return f;
}

}  // namespace

void refuse(int line, const std::string &what) {
  throw mistake{"line " + std::to_string(line) + ": " + what};
}

const word &reader::next() {
  if (at >= end) {
    throw mistake{"the text ends too early"};
  }
  return words[at++];
}

bool reader::take(std::string_view text) {
  bool is_there = peek() == text;
  at += is_there;
  return is_there;
}

void reader::expect(std::string_view text) {
  if (!take(text)) {
    refuse(line(), "'" + std::string(text) + "' expected, not '" + std::string(peek()) + "'");
  }
}

void reader::skip_braces() {
  for (int depth = 1; depth > 0;) {
    std::string_view text = next().text;
    depth += text == "{" ? 1 : text == "}" ? -1 : 0;
  }
}

variable reader::declaration(std::string_view space) {
  variable v;
  v.space = space;
  if (take(".align")) {
    v.alignment = (unsigned)number_of(next().text);
  }
  unsigned element = bytes_of_type(next().text);
  v.alignment = v.alignment < element ? element : v.alignment;
  v.name = next().text;
  v.bytes = element;
  while (take("[")) {
    v.bytes *= peek() == "]" ? 0 : number_of(next().text);
    expect("]");
  }
  if (take("=")) {
    bool is_list = take("{");
    do {
      unsigned long long value = number_of(next().text);
      const unsigned char *bytes = (const unsigned char *)&value;
      v.values.insert(v.values.end(), bytes, bytes + element);
    } while (take(","));
    if (is_list) {
      expect("}");
    }
  }
  return v;
}

module::module(const char *given) : text(given), words(words_of(text)) {
  reader from(words, 0, words.size());
  while (!from.is_done()) {
    const word &first = from.next();
    if (first.text == ".version" || first.text == ".target" || first.text == ".address_size") {
      from.next();
    } else if (first.text == ".entry") {
      function f = function_of(from);
      kernels[f.name] = f;
    } else if (first.text == ".func") {
      function f = function_of(from);
      functions[f.name] = f;
    } else if (first.text == ".global" || first.text == ".const" || first.text == ".shared") {
      variables.push_back(from.declaration(first.text));
      from.expect(";");
    } else if (first.text != ".visible" && first.text != ".extern" && first.text != ".weak") {
      refuse(first.line, "'" + std::string(first.text) + "' is not known");
    }
  }
}

unsigned bytes_of_type(std::string_view type) {
  if (type == ".pred") {
    return 4;
  }
  if (type.size() < 3 || type[0] != '.') {
    throw mistake{"'" + std::string(type) + "' is no type"};
  }
  return (unsigned)number_of(type.substr(2)) / 8;
}

long long number_of(std::string_view text) {
  return (long long)strtoull(std::string(text).c_str(), 0, 0);
}

}  // namespace ptx
