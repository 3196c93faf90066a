"""The language of expressions in ARM templates: parser and evaluator.

The functions are those that the compiler's output for `templates/infra` really calls. Any other is refused by name, so that
a template cannot pass by a guess.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Callable
from typing import Any, Protocol

from errors import ArmError

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[()\[\],.]))"
)
# The namespace of `guid()`; the names of role assignments in `bicep snapshot` come from it too.
GUID_NAMESPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")

Node = tuple[Any, ...]


def invalid(message: str) -> ArmError:
    """What is wrong with a template."""
    return ArmError(400, "InvalidTemplate", f"Deployment template validation failed: '{message}'.", preflight=True)


class Frame(Protocol):
    """Where an expression is evaluated: what only the place knows."""

    def call(self, function: str, arguments: list[Any]) -> Any:
        """Calls a function that needs the place; NotImplemented for one that it does not know."""


class Parser:
    """One expression, without its brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            match = TOKEN.match(text, position)
            if not match:
                raise invalid(f"Unable to parse language expression '{text}'")
            self.tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            position = match.end()
        self.at = 0

    def parse(self) -> Node:
        """The whole of it."""
        node = self.expression()
        if self.at != len(self.tokens):
            raise invalid(f"Unable to parse language expression '{self.text}'")
        return node

    def take(self, sign: str) -> bool:
        """Steps over a sign if it comes next."""
        if self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign):
            self.at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        """Steps over a sign that must come next."""
        if not self.take(sign):
            raise invalid(f"Unable to parse language expression '{self.text}': expected '{sign}'")

    def expression(self) -> Node:
        """A value and the properties and elements that are asked of it."""
        node = self.primary()
        while True:
            if self.take("."):
                node = ("get", node, ("literal", self.next("name")))
            elif self.take("["):
                node = ("get", node, self.expression())
                self.expect("]")
            else:
                return node

    def next(self, kind: str) -> str:
        """The next token, which must be of a kind."""
        if self.at == len(self.tokens) or self.tokens[self.at][0] != kind:
            raise invalid(f"Unable to parse language expression '{self.text}': expected a {kind}")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def primary(self) -> Node:
        """A text, a number or a call."""
        kind = self.tokens[self.at][0] if self.at < len(self.tokens) else "end"
        if kind == "text":
            return ("literal", self.next("text")[1:-1].replace("''", "'"))
        if kind == "number":
            return ("literal", int(self.next("number")))
        name = self.next("name")
        self.expect("(")
        arguments: list[Node] = []
        while not self.take(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression())
        return ("call", name, arguments)


def get(value: Any, key: Any) -> Any:
    """A property, whatever its case, or an element."""
    if isinstance(value, dict):
        if key in value:
            return value[key]
        for name, item in value.items():
            if name.lower() == str(key).lower():
                return item
        names = ", ".join(value)
        raise invalid(f"The language expression property '{key}' doesn't exist, available properties are '{names}'")
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    raise invalid(f"The language expression property '{key}' can't be evaluated")


def evaluate(node: Node, frame: Frame) -> Any:
    """The value of a parsed expression."""
    if node[0] == "literal":
        return node[1]
    if node[0] == "get":
        return get(evaluate(node[1], frame), evaluate(node[2], frame))
    _, name, arguments = node
    if name.lower() == "if":
        return evaluate(arguments[1 if evaluate(arguments[0], frame) else 2], frame)
    values = [evaluate(argument, frame) for argument in arguments]
    if function := FUNCTIONS.get(name.lower()):
        return function(*values)
    value = frame.call(name.lower(), values)
    if value is NotImplemented:
        raise invalid(f"The template function '{name}' is not valid: the stand-in does not know it")
    return value


def is_expression(text: str) -> bool:
    """Whether a text is to be evaluated."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def expand(value: Any, frame: Frame) -> Any:
    """A JSON value with every expression in it evaluated and every copy loop of properties unrolled."""
    if isinstance(value, str):
        if is_expression(value):
            return evaluate(Parser(value[1:-1]).parse(), frame)
        return value[1:] if value.startswith("[[") else value
    if isinstance(value, list):
        return [expand(item, frame) for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        if key == "copy" and isinstance(item, list):
            for loop in item:
                result[loop["name"]] = unroll(loop, frame)
        else:
            result[expand(key, frame)] = expand(item, frame)
    return result


class Loop:
    """A frame inside a copy loop."""

    def __init__(self, outer: Frame, name: str, index: int) -> None:
        self.outer = outer
        self.name = name.lower()
        self.index = index

    def call(self, function: str, arguments: list[Any]) -> Any:
        """`copyIndex` of this loop; everything else is the outer frame's."""
        if function == "copyindex":
            named = [argument for argument in arguments if isinstance(argument, str)]
            offset = sum(argument for argument in arguments if isinstance(argument, int))
            if not named or named[0].lower() == self.name:
                return self.index + offset
        return self.outer.call(function, arguments)


def unroll(loop: dict[str, Any], frame: Frame) -> list[Any]:
    """The values of a copy loop of properties, variables or outputs."""
    count = expand(loop["count"], frame)
    return [expand(loop["input"], Loop(frame, loop.get("name", ""), index)) for index in range(count)]


def text_of(value: Any) -> str:
    """A value as `format`, `concat` and `string` print it."""
    if isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def format_text(pattern: str, *values: Any) -> str:
    """`format`: places by number; other forms of .NET are not known."""

    def place(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        if not match["number"] or int(match["number"]) >= len(values):
            raise invalid(f"The template function 'format' is not valid: '{pattern}'")
        return text_of(values[int(match["number"])])

    return re.sub(r"\{\{|\}\}|\{(?P<number>\d+)\}|[{}]", place, pattern)


def concat(*values: Any) -> Any:
    """`concat` of texts or of arrays."""
    if values and isinstance(values[0], list):
        return [item for value in values for item in value]
    return "".join(text_of(value) for value in values)


def unique_string(*values: str) -> str:
    """13 letters and digits made from texts. Azure's own hash is another one: names of modules' deployments differ."""
    digest = hashlib.sha256("-".join(values).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:13]


def try_get(value: Any, *keys: Any) -> Any:
    """`tryGet`: null where there is nothing."""
    for key in keys:
        try:
            value = get(value, key)
        except ArmError:
            return None
    return value


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "concat": concat,
    "createarray": lambda *values: list(values),
    "createobject": lambda *values: dict(zip(values[0::2], values[1::2], strict=True)),
    "empty": lambda value: value is None or len(value) == 0,
    "equals": lambda left, right: type(left) is type(right) and left == right,
    "format": format_text,
    "guid": lambda *values: str(uuid.uuid5(GUID_NAMESPACE, "-".join(values))),
    "json": json.loads,
    "length": len,
    "not": lambda value: not value,
    "null": lambda: None,
    "split": lambda value, separator: value.split(separator),
    "true": lambda: True,
    "tryget": try_get,
    "uniquestring": unique_string,
}
