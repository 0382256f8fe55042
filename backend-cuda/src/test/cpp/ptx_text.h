// The text of a PTX module as words, and what it declares: variables and functions. Bodies of
// functions stay words until a kernel is launched for the first time.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ptx {

// What is wrong with a text, or with what a kernel does.
struct mistake {
  std::string what;
};

struct word {
  std::string_view text;
  int line;
};

// Of .global, .const, .shared or .local memory, or a parameter.
struct variable {
  std::string name;
  std::string space;
  unsigned alignment = 1;
  size_t bytes = 0;
  std::vector<unsigned char> values;
};

struct function {
  std::string name;
  std::vector<variable> results;
  std::vector<variable> parameters;
  // The most threads of a block, if it says so.
  unsigned most_threads = 1024;
  // Its body, from behind the first brace to before the last.
  size_t begin, end;
};

// Reads words one after the other.
class reader {
 public:
  reader(const std::vector<word> &words, size_t at, size_t end) : words(words), at(at), end(end) {}

  bool is_done() const { return at >= end; }
  const word &next();
  std::string_view peek() const { return at < end ? words[at].text : std::string_view(); }
  bool take(std::string_view text);
  void expect(std::string_view text);
  // What is behind the next closing brace that is not opened behind here.
  void skip_braces();
  size_t position() const { return at; }
  int line() const { return at < end ? words[at].line : 0; }

  // A declaration behind the name of its space: `.align 4 .b8 name[16] = {...}`.
  variable declaration(std::string_view space);

 private:
  const std::vector<word> &words;
  size_t at, end;
};

struct module {
  explicit module(const char *text);
  module(const module &) = delete;

  std::string text;
  std::vector<word> words;
  std::vector<variable> variables;
  std::map<std::string, function> kernels;
  std::map<std::string, function> functions;
};

// Bytes of a type such as ".f32".
unsigned bytes_of_type(std::string_view type);
long long number_of(std::string_view text);
[[noreturn]] void refuse(int line, const std::string &what);

}  // namespace ptx
