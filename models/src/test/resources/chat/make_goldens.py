#!/usr/bin/env python3
"""Renders the templates of this folder with jinja2, set up as Hugging Face transformers does.

usage: python3 make_goldens.py

Writes features-golden.json from features.json, and goldens.json from every template of templates/ and of the built-in
ones with every conversation of conversations.json. Needs jinja2 3.1 or newer.
"""
import copy
import datetime
import json
import pathlib

import jinja2.ext
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent
BUILT_IN = HERE / "../../../main/resources/org/jgml/models/chat"
NOW = datetime.datetime(2024, 7, 26, 9, 5, 3)


class Generation(jinja2.ext.Extension):
    """The tag `generation`, which marks what the model wrote and prints it."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_pass"), [], [], body).set_lineno(line)

    def _pass(self, caller):
        return caller()


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def environment():
    made = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    made.filters["tojson"] = to_json
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = NOW.strftime
    return made


ENVIRONMENT = environment()


def render(template, variables):
    try:
        return {"expected": ENVIRONMENT.from_string(template).render(**copy.deepcopy(variables))}
    except Exception as error:
        return {"fails": f"{type(error).__name__}: {error}"}


def read(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def write(name, value):
    text = json.dumps(value, ensure_ascii=False, indent=1)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


def features():
    source = read("features.json")
    return [
        {"feature": feature, "template": template} | render(template, source["variables"])
        for feature, templates in source["features"].items()
        for template in templates
    ]


def goldens():
    conversations = read("conversations.json")
    paths = sorted([*(HERE / "templates").glob("*.jinja"), *BUILT_IN.glob("*.jinja")])
    made = []
    for path in sorted(paths, key=lambda path: path.name):
        for name, variables in conversations.items():
            golden = render(path.read_text(encoding="utf-8"), variables)
            made.append({"template": path.name, "conversation": name} | golden)
    return made


if __name__ == "__main__":
    write("features-golden.json", features())
    write("goldens.json", goldens())
