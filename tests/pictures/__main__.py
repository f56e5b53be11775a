"""Draw every golden letter as a phone shows it, by day and by night, and a desk: docs/mails/<language>/<letter>.png.

Chromium draws, pngquant makes small; `tests/support/install-servers.sh` brings both. Only letters whose bytes changed
since their picture was made are drawn again (docs/mails/drawn.txt), so that a commit holds no pictures of nothing new.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[2]
LETTERS = ROOT / "tests" / "golden" / "letters"
PICTURES = ROOT / "docs" / "mails"
DRAWN = PICTURES / "drawn.txt"

PHONE_PX, DESK_PX, GAP_PX, LINE_PX = 375, 680, 16, 56
COLOURS = 12
SCALE = 0.8
_CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
# A mail program shows subject and sender above the letter; so does the picture.
_FRAME = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; background: #d7dbe0; display: flex; gap: {gap}px; padding: {gap}px; align-items: flex-start; width: max-content; }}
figure {{ margin: 0; background: #fff; }} figure.night {{ background: #15171a; color: #e9ebee; color-scheme: dark; }}
figcaption {{ font: 13px/1.4 Arial, sans-serif; padding: 8px 10px; height: {line}px; box-sizing: border-box; overflow: hidden; }}
figcaption b {{ display: block; font-size: 15px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }}
iframe {{ border: 0; display: block; }} .night iframe {{ color-scheme: dark; }}
</style>{panes}<script>
addEventListener("load", () => {{
  for (const one of document.querySelectorAll("iframe")) one.style.height = one.contentDocument.documentElement.scrollHeight + "px";
  document.title = JSON.stringify([document.body.scrollWidth, document.documentElement.scrollHeight]);
}});
</script>"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as its reader's program shows it."""

    name: str
    subject: str
    sender: str
    html: str


def main(arguments: Sequence[str]) -> int:
    """Draw what changed, all with `--all`, or only what is named; write the index."""
    before = _drawn_before()
    wanted = [one for one in arguments if not one.startswith("-")]
    letters = sorted(LETTERS.glob("*/*.eml"))
    digests = {_name(path): sha256(path.read_bytes() + _FRAME.encode()).hexdigest()[:16] for path in letters}
    drawn = {
        name for name in digests if before.get(name) == digests[name] and (PICTURES / f"{name}.png").exists()
    }
    drawn = drawn if "--all" not in arguments else set()
    stale = [path for path in letters if (_name(path) in wanted if wanted else _name(path) not in drawn)]
    with ThreadPoolExecutor(max_workers=2) as two:
        for path, size_bytes in zip(stale, two.map(draw, stale), strict=True):
            print(f"{_name(path)}: {size_bytes / 1000:.0f} kB", flush=True)
    for picture in PICTURES.glob("*/*.png"):
        if f"{picture.parent.name}/{picture.stem}" not in digests:
            picture.unlink()
    drawn |= {_name(path) for path in stale}
    DRAWN.write_text("".join(f"{digests[name]} {name}\n" for name in sorted(drawn)), encoding="utf-8")
    (PICTURES / "README.md").write_text(index(letters), encoding="utf-8")
    return 0


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _drawn_before() -> dict[str, str]:
    if not DRAWN.exists():
        return {}
    lines = (line.split(" ", 1) for line in DRAWN.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in lines}


def read(path: Path) -> Shown:
    """The letter's HTML, or its text as a program shows plain text."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    html = mail.get_body(("html",))
    if html is not None:
        shown = html.get_content()
    else:
        plain = mail.get_body(("plain",))
        assert plain is not None
        shown = (
            '<meta name="color-scheme" content="light dark"><pre style="white-space:pre-wrap;'
            f'font:16px/1.5 Arial,sans-serif;margin:12px">{escape(plain.get_content())}</pre>'
        )
    return Shown(_name(path), str(mail["Subject"]), str(mail["From"]), shown)


def draw(path: Path) -> int:
    """Draw one letter and return the bytes of its picture."""
    letter, picture = read(path), PICTURES / f"{_name(path)}.png"
    # Night is night in every language.
    night = [(PHONE_PX, "night")] if letter.name.startswith("de/") else []
    panes = [(PHONE_PX, ""), *night, (DESK_PX, "")]
    frame = _FRAME.format(
        gap=GAP_PX, line=LINE_PX, panes="".join(_pane(letter, width, kind) for width, kind in panes)
    )
    picture.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(frame, encoding="utf-8")
        dumped = _chromium(folder, page, "--dump-dom")
        width, height = json.loads(re.findall(r"<title>(\[[0-9]+,[0-9]+\])</title>", dumped)[-1])
        raw = Path(folder) / "raw.png"
        _chromium(
            folder,
            page,
            f"--screenshot={raw}",
            f"--window-size={width},{height}",
            f"--force-device-scale-factor={SCALE}",
        )
        subprocess.run(
            [
                "pngquant",
                "--force",
                "--speed",
                "1",
                "--nofs",
                "--strip",
                "--output",
                picture,
                str(COLOURS),
                raw,
            ],
            check=True,
        )
    return picture.stat().st_size


def _pane(letter: Shown, width: int, kind: str) -> str:
    return (
        f'<figure class="{kind}"><figcaption style="width:{width}px"><b>{escape(letter.subject)}</b>{escape(letter.sender.partition(" <")[0])}'
        f'</figcaption><iframe width="{width}" height="400" srcdoc="{escape(letter.html)}"></iframe></figure>'
    )


def _chromium(profile: str, page: Path, *options: str) -> str:
    command = [*_CHROMIUM, f"--user-data-dir={profile}/profile", *options, page.as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def index(letters: Sequence[Path]) -> str:
    """The page that shows them all."""
    return "\n".join(_index(letters)) + "\n"


def _index(letters: Sequence[Path]) -> Iterator[str]:
    yield "# What our letters look like"
    yield ""
    yield "Each as a phone shows it, by day (the German ones also by night), and a desk. `make pictures` draws them from `tests/golden/letters`."
    for path in letters:
        letter = read(path)
        yield f"\n## {path.stem} ({path.parent.name})\n\n**{letter.subject}**\n\n![{path.stem}]({letter.name}.png)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
