"""Bounds for templates that somebody wrote: how often they loop, call and include, and how long a text grows on the way.

Jinja's sandbox says what a template may touch, not how long it may run: four loops over a long word, a macro that calls
itself twice, or forty times `{% set a = a ~ a %}` would outlast every worker. What is bounded is counted while it happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from jinja2 import nodes, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import markup_join, str_join
from jinja2.visitor import NodeTransformer

STEPS = 100_000
LETTER_CHARS = 2_000_000

_Item = TypeVar("_Item")
_steps: ContextVar[list[int] | None] = ContextVar("steps of the rendering", default=None)


@contextmanager
def counted() -> Iterator[None]:
    """Count the steps of one rendering."""
    token = _steps.set([0])
    try:
        yield
    finally:
        _steps.reset(token)


def step() -> None:
    """One more turn of a loop, call or inclusion. Raises ValueError beyond the bound; outside of a rendering nothing counts."""
    taken = _steps.get()
    if taken is None:
        return
    taken[0] += 1
    if taken[0] > STEPS:
        raise ValueError(f"the letter loops and calls more than {STEPS} times; does it ever end?")


def looped(items: Iterable[_Item]) -> Iterator[_Item]:
    """The items, each of them a step."""
    for item in items:
        step()
        yield item


def short(text: Any) -> Any:
    """The same text, if it is no longer than a letter may be. Raises ValueError."""
    if isinstance(text, str) and len(text) > LETTER_CHARS:
        raise ValueError(f"the letter has more than {LETTER_CHARS} characters")
    return text


@pass_eval_context
def joined(context: EvalContext, parts: Sequence[Any]) -> str:
    """What `~` makes of its parts. Raises ValueError where that is too long."""
    text: str = short(markup_join(parts) if context.autoescape else str_join(parts))
    return text


# Names that nobody can write in a template: a filter begins with a letter there.
FILTERS = {"0looped": looped, "0short": short, "0joined": joined}


class Bound(NodeTransformer):
    """Puts the counting filters into a parsed template."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "0looped")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "0joined")

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.AssignBlock:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        node.filter = _filtered(node.filter, "0short", node.lineno)
        return node


def _filtered(node: nodes.Node | None, name: str, lineno: int | None = None) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=lineno or (node.lineno if node else 0))
