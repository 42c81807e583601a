# SPDX-License-Identifier: Apache-2.0
"""Values of a generated service file, and writing them as YAML in one of its many ways."""
import json
import re


class Text(str):
    """A text: quoted or plain, as the writer likes."""


class Word(Text):
    """One of the words that the key allows. Its uses are counted, by `form` where a part of it is free."""

    def __new__(cls, word, form=None):
        self = super().__new__(cls, word)
        self.form = form or word
        return self


class Raw(str):
    """Written as it is: a number, a bool, a null."""


class Keys(dict):
    """A mapping with the keys of a table of core/service/keys.h. Their uses are counted."""

    def __init__(self, table, entries):
        super().__init__(entries)
        self.table = table


class Names(dict):
    """A mapping from names to values; with `words` the names are such as the key allows, in any case."""

    def __init__(self, entries, words=False):
        super().__init__(entries)
        self.words = words


def count_uses(node, uses, table=None, key=None):
    """Counts "TABLE.KEY" and "TABLE.KEY=WORD"."""

    def count(name):
        uses[name] = uses.get(name, 0) + 1

    if isinstance(node, Keys):
        for name, value in node.items():
            count(f"{node.table}.{name}")
            count_uses(value, uses, node.table, name)
    elif isinstance(node, dict):
        for name, value in node.items():
            if isinstance(node, Names) and node.words:
                count(f"{table}.{key}={name.lower()}")
            count_uses(value, uses, table, key)
    elif isinstance(node, list):
        for value in node:
            count_uses(value, uses, table, key)
    elif isinstance(node, Word):
        count(f"{table}.{key}={node.form}")


def find_keys(node, found):
    """The first mapping that has each "TABLE.KEY"."""
    if isinstance(node, Keys):
        for name in node:
            found.setdefault(f"{node.table}.{name}", node)
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            find_keys(value, found)


PLAIN = re.compile(r"[A-Za-z/_][A-Za-z0-9/_.-]*")


class Writer:
    def __init__(self, random):
        self.random = random

    def scalar(self, value):
        if isinstance(value, Raw):
            return str(value)
        choice = self.random.random()
        if choice < 0.5 and PLAIN.fullmatch(value):
            return str(value)
        if choice < 0.7 and "'" not in value and value.isprintable():
            return f"'{value}'"
        return json.dumps(value, ensure_ascii=self.random.random() < 0.5)

    def flow(self, node):
        if isinstance(node, dict):
            return "{" + ", ".join(f"{self.scalar(Text(k))}: {self.flow(v)}" for k, v in node.items()) + "}"
        if isinstance(node, list):
            return "[" + ", ".join(self.flow(v) for v in node) + "]"
        return self.scalar(node)

    def block(self, node, indent):
        """Lines, the first of them not indented."""
        if not isinstance(node, (dict, list)) or not node or (indent > 2 and self.random.random() < 0.3):
            return [self.flow(node)]
        lines = []
        for entry in node.items() if isinstance(node, dict) else enumerate(node):
            name, value = entry
            head = f"{self.scalar(Text(name))}:" if isinstance(node, dict) else "-"
            below = self.block(value, indent + 2)
            one_line = not isinstance(value, (dict, list)) or not value or below[0][:1] in "{["
            if one_line or (head == "-" and isinstance(value, dict)):
                lines.append(f"{head} {below[0]}")
                lines += [" " * 2 + line for line in below[1:]]
            else:
                lines.append(head)
                lines += [" " * 2 + line for line in below]
        return lines

    def write(self, node):
        text = "\n".join(self.block(node, 0)) + "\n"
        if self.random.random() < 0.1:
            text = "# generated\n---\n" + text
        return text
