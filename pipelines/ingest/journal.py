"""Several files change together or not at all: what is to be moved is written down first."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from pipelines.lake import Lake


def staging(lake: Lake) -> Path:
    """The folder for drafts; what a killed run left there is no longer wanted."""
    folder = lake.root / ".staging" / "ingest"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def commit(lake: Lake, moves: Mapping[Path, Path]) -> None:
    """Put drafts in their places: written down, then moved. A stop in between is made good by `replay`."""
    for draft in moves:
        _sync(draft)
    listed = {str(d.relative_to(lake.root)): str(t.relative_to(lake.root)) for d, t in moves.items()}
    draft = lake.root / ".staging" / "journal.json"
    draft.write_text(json.dumps(listed, indent=1, sort_keys=True), encoding="utf-8")
    _sync(draft)
    draft.replace(lake.root / "journal.json")
    replay(lake)


def replay(lake: Lake) -> None:
    """Finish what a journal says; without one, nothing."""
    journal = lake.root / "journal.json"
    if not journal.exists():
        return
    for draft, target in json.loads(journal.read_text(encoding="utf-8")).items():
        if (lake.root / draft).exists():
            (lake.root / target).parent.mkdir(parents=True, exist_ok=True)
            (lake.root / draft).replace(lake.root / target)
    journal.unlink()


def _sync(file: Path) -> None:
    with file.open("rb") as content:
        os.fsync(content.fileno())
