"""The first names that streets begin with, and what their letters stand for: `M.-Planck-Str.`, `J. S. Bach Str.`. Pure."""

from __future__ import annotations

from collections.abc import Iterator

# `Max Planckstr.` and `Max Planck Str.` are not the Planckstraße.
FIRST_NAMES = frozenset(
    "adam adalbert adolf albert albrecht alexander alfred alois andreas anna anne annette anton arnold arthur august "
    "bernhard bert bertha bertolt bettina carl caroline caspar christian christoph clara clemens conrad dietrich "
    "edith eduard elisabeth else emil erich ernst eugen eva felix ferdinand florian franz friedrich fritz gabriele "
    "georg gerhard gertrud gottfried gottlieb graf gregor gustav hans heinrich heinz helene hermann hildegard hugo "
    "ignaz immanuel jakob jean joachim johann johannes john josef joseph julius kaethe karl kaspar katharina klaus "
    "konrad kurt leo leonhard leopold lise lorenz louise ludwig luise maria marie martin mathias matthias max maxim "
    "maximilian melanchthon michael moritz nikolaus oskar otto paul peter philipp rainer richard robert rosa rudolf "
    "samuel sebastian sophie stefan theodor thomas ulrich ursula victor viktor walter werner wilhelm willi willy "
    "wolfgang".split()
)
_BY_LETTER = {
    letter: [name for name in sorted(FIRST_NAMES) if name[0] == letter]
    for letter in {name[0] for name in FIRST_NAMES}
}


def written_out(key: str) -> Iterator[str]:
    """The names of streets that a folded name may be short for: mplanckstrasse → maxplanckstrasse, moritzplanckstrasse …"""
    # A "d." alone is read as "der": Pl. d. Republik.
    for letters in {key, f"d{key[3:]}"} if key.startswith("der") else {key}:
        for first in _BY_LETTER.get(letters[:1], ()):
            yield first + letters[1:]
            for second in _BY_LETTER.get(letters[1:2], ()):
                yield first + second + letters[2:]
