"""Plays every transcript of this folder against the real SMTP and LMTP door."""

from pathlib import Path

import pytest

from tests.support.dialogue import Player

SCRIPTS = sorted(Path(__file__).parent.glob("*.dlg"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_door_talks_as_the_transcript_says(script: Path, tmp_path: Path) -> None:
    Player(script, tmp_path).play()
