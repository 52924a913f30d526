"""Several files change together or not at all: what is to be moved is written down first."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines.lake import Lake


@contextmanager
def staging(lake: Lake, step: str) -> Iterator[Path]:
    """An empty folder for the drafts of a step: what a killed run left there is no longer wanted.

    Nothing stays behind: a working copy of a refused file may hold what must not be in the lake.
    """
    folder = lake.root / ".staging" / step
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def commit(lake: Lake, moves: Mapping[Path, Path]) -> None:
    """Put drafts in their places: written down, then moved. A stop in between is made good by `replay`."""
    if not moves:
        return
    for draft in moves:
        _sync(draft)
    listed = {str(d.relative_to(lake.root)): str(t.relative_to(lake.root)) for d, t in moves.items()}
    draft = lake.root / ".staging" / "journal.json"
    draft.write_text(json.dumps(listed, indent=1, sort_keys=True), encoding="utf-8")
    _sync(draft)
    draft.replace(lake.root / "journal.json")
    _sync(lake.root)
    replay(lake)


def replay(lake: Lake) -> None:
    """Finish what a journal says; without one, nothing."""
    journal = lake.root / "journal.json"
    if not journal.exists():
        return
    places = set()
    for draft, target in json.loads(journal.read_text(encoding="utf-8")).items():
        place = lake.root / target
        if (lake.root / draft).exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            (lake.root / draft).replace(place)
        places.add(place.parent)
    for folder in places:
        _sync(folder)
    journal.unlink()


def _sync(path: Path) -> None:
    """Wait until a file's content, or a folder's entries, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
