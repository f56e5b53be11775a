"""Whatever somebody hands to `mailroute import`: a plan or a sentence about it, never an exception."""

from contextlib import suppress
from datetime import date
from io import BytesIO

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from mailroute.admin.foreign import read_foreign
from mailroute.admin.impossible import Impossible
from mailroute.errors import RulesetInvalid


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (("Name", "PLZ", "von"), ("Ada", 1067, date(2026, 2, 1)), ("Bob", "=1+1", None)):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


WORKBOOK = _workbook()
mangled = st.builds(
    lambda place, piece, cut: WORKBOOK[:place] + piece + WORKBOOK[place + cut :],
    st.integers(0, len(WORKBOOK)),
    st.binary(max_size=40),
    st.integers(0, 400),
)
tables = st.lists(st.lists(st.text(max_size=12), max_size=5).map(";".join), max_size=6).map(
    lambda lines: "\n".join(["name;plz", *lines]).encode("utf-8", "replace")
)


@settings(max_examples=200, deadline=None)
@given(mangled | tables | st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(content: bytes) -> None:
    with suppress(Impossible, RulesetInvalid):
        found = read_foreign("x", content, None, lambda heads: sum(one == "name" for one in heads))
        assert found.rows
