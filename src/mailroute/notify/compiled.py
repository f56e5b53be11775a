"""The compiled form of templates, made once in a process."""

from __future__ import annotations

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_KEPT_MOST = 2_000


class Compiled(BytecodeCache):
    """What templates are once they are compiled, which costs more than to write a letter: for all organisations of
    this process, and for the same files after a reload.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of this file with this text, if it is known."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it. Who edits all day long does not fill the memory."""
        if len(self._code) >= _KEPT_MOST:
            self._code.clear()
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()
