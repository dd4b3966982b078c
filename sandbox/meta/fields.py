"""The ``fields`` parameter: names, modifiers, braces for subfields."""

import re

from . import errors

PART = re.compile(r"\s*(?:(\w+)((?:\.\w+\([^)]*\))*)|([{},]))\s*")


def parse_fields(text):
    """Return ``{name: subfields or None}`` for e.g. ``id,picture.type(large){url}``.

    :raise GraphError: 2500 for a text that does not parse.
    """
    position, root = 0, {}
    stack, last = [root], None
    while position < len(text):
        part = PART.match(text, position)
        if not part:
            raise syntax_error(text)
        position = part.end()
        name, _modifiers, sign = part.groups()
        if name:
            stack[-1][last := name] = None
        elif sign == "{" and last:
            stack[-1][last] = {}
            stack.append(stack[-1][last])
        elif sign == "}":
            stack.pop()
            if not stack:
                raise syntax_error(text)
    if len(stack) != 1:
        raise syntax_error(text)
    return root


def syntax_error(text):
    return errors.GraphError(
        2500, f'Syntax error "Expected end of string instead of" in fields: {text[:60]}'
    )
