"""Add to a list in a YAML file that people write: a few lines go in, every other character stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailroute.rules.report import Report
from mailroute.rules.tree import Node, Plain, Tree, read_tree
from mailroute.rules.written import as_yaml

Item = str | dict[str, str]


def with_items(file: str, text: str, path: tuple[str, ...], items: Sequence[Item]) -> str | None:
    """The text with the items at the end of the list that `path` leads to, which begins if it is not there.

    None if the file is written in a way that lines cannot simply be put into: somebody must do it then.
    """
    tree = read_tree(file, text, Report())
    home = _at(tree, path[:-1]) if tree is not None else None
    if tree is None or home is None or not isinstance(home.value, dict):
        return None
    lines = text.split("\n")
    found = home.value.get(path[-1])
    if found is None:
        _begin(lines, home, path, items)
    elif isinstance(found.value, list) and found.value:
        _append(lines, found.value, items)
    else:
        return None
    after = "\n".join(lines)
    again = read_tree(file, after, Report())
    return after if again is not None and again.root.plain() == _expected(tree, path, items) else None


def _at(tree: Tree, path: tuple[str, ...]) -> Node | None:
    node: Node | None = tree.root
    for part in path:
        node = node.value.get(part) if node is not None and isinstance(node.value, dict) else None
    return node


def _begin(lines: list[str], home: Node, path: tuple[str, ...], items: Sequence[Item]) -> None:
    """The key and its list below what its entry has now."""
    margin = " " * (min(column for _, column in home.keys.values()) - 1)
    last = _last_line(home)
    lines[last:last] = [f"{margin}{path[-1]}:", *(f"{margin}  - {_written(item)}" for item in items)]


def _append(lines: list[str], there: list[Node], items: Sequence[Item]) -> None:
    first, last = there[0], there[-1]
    before = lines[first.line - 1][: first.column - 1]
    if before.strip() == "-":
        end = _last_line(last)
        lines[end:end] = [f"{before}{_written(item)}" for item in items]
        return
    line = lines[last.line - 1]
    close = line.find("]", last.column - 1)
    if close >= 0:
        more = "".join(f", {_written(item)}" for item in items)
        lines[last.line - 1] = f"{line[:close]}{more}{line[close:]}"


def _written(item: Item) -> str:
    """As people write it: a weight is a number, not a text in quotation marks."""
    plain = {key: _number(text) for key, text in item.items()} if isinstance(item, dict) else item
    return as_yaml([plain]).strip().removeprefix("- ")


def _number(text: str) -> str | int | float:
    if re.fullmatch(r"-?[1-9]\d{0,5}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,5}\.\d*[1-9]", text) else text


def _last_line(node: Node) -> int:
    """The number of the last line on which something of the node begins."""
    below = (
        node.value
        if isinstance(node.value, list)
        else node.value.values()
        if isinstance(node.value, dict)
        else ()
    )
    return max([node.line, *(line for line, _ in node.keys.values()), *map(_last_line, below)])


def _expected(tree: Tree, path: tuple[str, ...], items: Sequence[Item]) -> Plain:
    plain = tree.root.plain()
    inner: Plain = plain
    for part in path[:-1]:
        assert isinstance(inner, dict)
        inner = inner[part]
    assert isinstance(inner, dict)
    old = inner.get(path[-1])
    there: list[Plain] = old if isinstance(old, list) else []
    added: list[Plain] = [dict(item) if isinstance(item, dict) else item for item in items]
    inner[path[-1]] = [*there, *added]
    return plain
