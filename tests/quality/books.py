"""What is kept of learning beside the evidence: the cross-validated figures, and of which files it was made."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.quality.labelled import OWN_FOLDERS, QUALITY
from tests.support.matters import MATTERS

PACKS = ("property-de", "insurance-de")
LEARNED_FILES = ("evidence.csv", "meanings.csv")
SHIPPED = Path(__file__).parents[2] / "rules" / "packs"


def crossed(pack: str) -> Path:
    """Where the figures of a pack are kept."""
    return QUALITY / f"cross-validated-{pack}.json"


def digest_of_inputs(pack: str) -> str:
    """Changes with the mails that a pack learns from."""
    files = [*(QUALITY / "tune").glob("*.jsonl"), *(QUALITY / "situations").glob(f"{pack}*.txt")]
    files += [one for name in OWN_FOLDERS[pack] for one in (MATTERS / name).glob("*.txt")]
    return digest_of("".join(one.read_text(encoding="utf-8") for one in sorted(files)))


def digest_of(text: str) -> str:
    """A short name of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
