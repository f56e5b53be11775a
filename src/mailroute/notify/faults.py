"""What Jinja says of a template → what somebody who writes letters and no programs can do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from mailroute.notify.values import known_names

# The tags of letters; what Jinja has besides is not needed for one.
_TAGS = ("if", "elif", "else", "endif", "for", "endfor", "include", "set", "block", "endblock", "extends", "macro", "endmacro", "import", "from", "call", "filter", "with")  # fmt: skip
_LIKE_OURS = "Compare it with our letter of the same name, which `mailroute init` writes."

# What Jinja says of a name that does not exist, alone or behind a dot.
_UNKNOWN = re.compile(r"(?:'(?:[\w.]*\.)?(\w+) object' has no attribute )?'(\w+)'(?: is undefined)?")

_SAYINGS: tuple[tuple[str, str, str], ...] = (
    (r"Encountered unknown tag '(\w+)'\. .* innermost block that needs to be closed is '(\w+)'\.", r"`{% \1 %}` stands here, but `{% \2 … %}` is what is open", r"Write `{% end\2 %}` first."),
    (r"Encountered unknown tag '(\w+)'\..*", r"`{% \1 %}` stands here, but nothing is open that it could end", "Remove it, or write the beginning above it."),
    (r"unexpected end of template, expected 'end of print statement'\.", "`{{` is opened here and never closed", "Write `}}` behind the value."),
    (r"unexpected end of template, expected 'end of statement block'\.", "`{%` is opened here and never closed", "Write `%}` behind it."),
    (r"Unexpected end of template\. .* innermost block that needs to be closed is '(\w+)'\.", r"`{% \1 … %}` is opened above and never ended", r"Write `{% end\1 %}` where it ends."),
    (r"Unexpected end of template\..*", "a tag is opened above and never ended", "Write `{% endif %}` or `{% endfor %}` where it ends."),
    (r"Missing end of comment tag", "`{#` is opened here and never closed", "Write `#}` behind the comment."),
    (r"expected token 'end of print statement', got '(.+)'", r"`\1` cannot stand here", "Between `{{` and `}}` stands one value; its name has no blanks, and filters follow behind `|`."),
    (r"expected token .*, got '(.+)'", r"`\1` cannot stand here", _LIKE_OURS),
    (r"unexpected char '(.+)' at \d+", r"`\1` cannot stand here", "Names have letters, digits and `_` only; texts stand in straight quotation marks."),
    (r"unexpected '(.+)'", r"`\1` cannot stand here", _LIKE_OURS),
    (r"Expected an expression, got .*", "a value is expected here", "Write its name between `{{` and `}}`, or remove both."),
    (r"the operator (\S+) is not available in letters", r"letters cannot calculate with `\1`", "Numbers are added with `+`, texts are joined with `~`."),
    (r"the letter loops and calls more than .*", "this loops more often than any letter needs; does it ever end?", "Let each loop go through a list like `items` once."),
    (r".* is not safely callable", "letters can call nothing, and this calls something with `(…)`", "Use values and filters; `{% for one in items %}` goes through a list."),
    (r"access to attribute '(\w+)' of .* is unsafe\.", r"letters cannot read `\1`", "Use the values that our letter of the same name uses."),
)  # fmt: skip

_NAMED: tuple[tuple[str, str, str], ...] = (
    (r"Encountered unknown tag '(?!end|el)(\w+)'\..*", "there is no tag", "tag"),
    (r"No filter named '(.+)'\.?", "there is no filter", "filter"),
    (r"No test named '(.+)'\.?", "there is no test", "test"),
)


def in_plain_words(message: str, of_kind: Callable[[str], Iterable[str]]) -> tuple[str, str, str]:
    """(message, remedy, the word that is wrong or ""). `of_kind` has what there is of "filter", "test" and "part"."""
    for pattern, what, kind in _NAMED:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            names = _TAGS if kind == "tag" else of_kind(kind)
            return f"{what} `{found[1]}`", _nearest(found[1], names), found[1]
    for pattern, said, remedy in _SAYINGS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return found.expand(said), found.expand(remedy), found[1] if found.re.groups else ""
    if found := _UNKNOWN.fullmatch(message):
        return f"there is no value `{found[2]}` here", _nearest(found[2], known_names(found[1])), found[2]
    return message, "", ""


def no_such_part(name: str, parts: Iterable[str]) -> tuple[str, str, str]:
    """The same for an `include` that leads nowhere."""
    return f"there is no part `{name}`", _nearest(name, parts), name


def no_such_letter(name: str, letters: Iterable[str]) -> tuple[str, str]:
    """A file whose name is none of a letter."""
    return f"no letter is called `{name}`", _nearest(name, letters)


def _nearest(word: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    near = get_close_matches(word, names, 1, 0.7)
    return f"Did you mean `{near[0]}`?" if near else "Possible are: " + ", ".join(names) + "."


def column_of(word: str, source: str) -> int:
    """Where the word stands in that line, as a word of its own; else where the line begins."""
    bounds = r"(?<!\w){}(?!\w)" if word.isidentifier() else "{}"
    found = re.search(bounds.format(re.escape(word)), source) if word else None
    return (found.start() if found else len(source) - len(source.lstrip())) + 1
