"""YAML text → a tree of nodes with places. Every scalar stays the text that somebody wrote: 01067, no, 8:00.

Built from parser events rather than composed: libyaml's events need no stack, so a file of a million brackets
costs no more than twenty of them, and aliases cannot grow behind our back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

import yaml

from mailroute.rules.report import Report, Spot, quoted, spot_in
from mailroute.rules.syntax import ODD_BLANK, report_indentation, report_syntax

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain] | None"
Path = tuple[str | int, ...]

_DEPTH = 20
_NODES = 200_000
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TYPOGRAPHIC = re.compile(r"[„“”»«‚‘’›‹][^„“”»«‚‘’›‹]*[“”»«‘’›‹]")


@dataclass(slots=True)
class Node:
    """A value and where it stands. `keys` has the places of a mapping's keys."""

    value: str | list[Node] | dict[str, Node] | None
    line: int
    column: int
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    size: int = 1
    height: int = 0

    def plain(self) -> Plain:
        """The value without places."""
        match self.value:
            case dict():
                return {key: node.plain() for key, node in self.value.items()}
            case list():
                return [node.plain() for node in self.value]
            case _:
                return self.value


@dataclass(frozen=True, slots=True)
class Tree:
    """One YAML file."""

    file: str
    lines: tuple[str, ...]
    root: Node

    def spot(self, path: Path, *, key: bool = False) -> Spot:
        """Where `path` leads, or as far as it does; with `key` the place of the last key itself."""
        node, line, column = self.root, self.root.line, self.root.column
        for index, part in enumerate(path):
            last = index == len(path) - 1
            if isinstance(node.value, dict) and part in node.value:
                child = node.value[str(part)]
                at_key = (key and last) or child.value is None or isinstance(child.value, dict)
                line, column = node.keys[str(part)] if at_key else (child.line, child.column)
                node = child
            elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line, column = node.line, node.column
            else:
                break
        return spot_in(self.file, self.lines, line, column)


def read_tree(file: str, text: str, report: Report) -> Tree | None:
    """Parse one YAML file; None, with at least one error in the report, if that is not possible."""
    lines = tuple(text.split("\n"))
    builder = _Builder(file, lines, report)
    try:
        builder.read(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        report_syntax(file, lines, error, report)
        return None
    except yaml.YAMLError as error:
        report.add("MR102", Spot(file), f"this is not YAML: {error}")
        return None
    if builder.failed:
        return None
    root = builder.root
    if root is None or root.value is None:
        root = Node({}, 1, 1)
    return Tree(file, lines, root)


class _Stop(Exception):
    """Enough is known: the file cannot be used."""


@dataclass(slots=True)
class _Open:
    """A mapping or list that is not closed yet. `key` is the mapping's key that waits for its value."""

    node: Node
    anchor: str | None
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    file: str
    lines: tuple[str, ...]
    report: Report
    root: Node | None = None
    failed: bool = False
    _stack: list[_Open] = field(default_factory=list)
    _anchors: dict[str, Node] = field(default_factory=dict)
    _documents: int = 0
    _size: int = 0

    def read(self, events: Iterator[yaml.Event]) -> None:
        """Build `root` from the events; stops at the first mistake that makes the rest meaningless."""
        try:
            for event in events:
                self._take(event)
        except _Stop:
            self.failed = True

    def _take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop("MR109", event, "a second document begins here", "Remove the line `---`.")
            case yaml.ScalarEvent():
                self._check_tag(event)
                self._check_quotes(event)
                nothing = event.style in (None, "") and event.value in ("", "~", "null")
                self._place(self._node(event, None if nothing else event.value), event.anchor, event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = self._stack.pop()
                self._place(closed.node, closed.anchor, event)
            case yaml.AliasEvent():
                self._alias(event)
            case _:
                pass

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self._tagged(event, event.tag)
        if self._wants_key():
            self._stop("MR102", event, "a key must be a single word", "Write `key: value`.")
        if len(self._stack) >= _DEPTH:
            self._stop("MR107", event, f"this is nested more than {_DEPTH} levels deep")
        empty: dict[str, Node] | list[Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._stack.append(_Open(self._node(event, empty), event.anchor))

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            self._stop(
                "MR107", event, f"the alias *{event.anchor} is not defined above", "Write the value out."
            )
        # Counted as if written out: a bomb is small only as long as nobody looks.
        self._size += node.size
        if self._size > _NODES or len(self._stack) + node.height > _DEPTH:
            self._stop(
                "MR107", event, "this file grows too large when its aliases are written out", "Remove some."
            )
        line, column = _place_of(event)
        self._place(Node(node.value, line, column, node.keys, node.size, node.height), None, event)

    def _place(self, node: Node, anchor: str | None, event: yaml.Event) -> None:
        """Put a finished node where it belongs."""
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        if self._wants_key():
            self._place_key(top, node, event)
            return
        if isinstance(top.node.value, list):
            top.node.value.append(node)
        elif isinstance(top.node.value, dict):
            # Of a key that stands twice the first counts; that there is a second has been said.
            top.node.value.setdefault(top.key or "", node)
            top.key = None
        top.node.size += node.size
        top.node.height = max(top.node.height, node.height + 1)

    def _place_key(self, top: _Open, node: Node, event: yaml.Event) -> None:
        if isinstance(node.value, list | dict):
            self._stop("MR102", event, "a key must be a single word", "Write `key: value`.")
        key = node.value or ""
        if ODD_BLANK.match(key):
            report_indentation(spot_in(self.file, self.lines, node.line, node.column), self.report)
            raise _Stop
        first = top.node.keys.get(key)
        if first is not None:
            spot = spot_in(self.file, self.lines, node.line, node.column)
            self.report.add(
                "MR106",
                spot,
                f"{quoted(key)} stands here for the second time",
                f"The first one is in line {first[0]}.",
            )
        top.node.keys.setdefault(key, (node.line, node.column))
        top.key = key

    def _wants_key(self) -> bool:
        return (
            bool(self._stack) and isinstance(self._stack[-1].node.value, dict) and self._stack[-1].key is None
        )

    def _node(self, event: yaml.Event, value: str | list[Node] | dict[str, Node] | None) -> Node:
        self._size += 1
        if self._size > _NODES:
            self._stop("MR107", event, f"this file holds more than {_NODES} values", "Use the CSV files.")
        return Node(value, *_place_of(event))

    def _check_tag(self, event: yaml.ScalarEvent) -> None:
        if event.tag not in _TEXT_TAGS:
            self._tagged(event, event.tag)

    def _check_quotes(self, event: yaml.ScalarEvent) -> None:
        """A word processor makes „12“ of "12", and then the marks are part of the value."""
        if not event.style and _TYPOGRAPHIC.fullmatch(event.value):
            at = spot_in(self.file, self.lines, *_place_of(event))
            message = f"the quotation marks of {quoted(event.value)} are part of the value"
            self.report.add("MR116", at, message, 'Write the straight ones ("), or none.')

    def _tagged(self, event: yaml.Event, tag: str) -> None:
        short = "!!" + tag.removeprefix("tag:yaml.org,2002:") if tag.startswith("tag:yaml.org,2002:") else tag
        remedy = "Remove it; a text that begins with `!` stands in quotation marks."
        self._stop("MR108", event, f"values have no tags here, but this one has {quoted(short)}", remedy)

    def _stop(self, code: str, event: yaml.Event, message: str, remedy: str = "") -> NoReturn:
        self.report.add(code, spot_in(self.file, self.lines, *_place_of(event)), message, remedy)
        raise _Stop


def _place_of(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
