"""Is a published report what it was when it was published?"""

from __future__ import annotations

import json
import re
from pathlib import Path

from features.errors import IntegrityError
from reports.manifest import MANIFEST, sha256

_REVISION = re.compile(r"revision-\d+")
"""A later revision lies in a folder below the first one and has a manifest of its own."""


def verify(path: Path) -> list[str]:
    """Check a report's folder (or a file in it) against its manifest and name the files that were checked.

    Raises IntegrityError listing every file that changed, is missing, or does not belong there.
    """
    folder = path if path.is_dir() else path.parent
    listed = _listed(folder)
    faults = [_fault(folder, name, said) for name, said in sorted(listed.items())]
    faults += [f"{name} does not belong to the report" for name in _strangers(folder, {*listed, MANIFEST})]
    found = [fault for fault in faults if fault]
    if found:
        listing = "\n".join(f"  {fault}" for fault in found)
        raise IntegrityError(
            f"{folder} is not as it was published:\n{listing}\nTake the report from where it was kept."
        )
    return sorted(listed)


def _listed(folder: Path) -> dict[str, str]:
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        listed = {str(name): str(said) for name, said in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IntegrityError(f"{folder}: no readable {MANIFEST}; give the folder of a published report") from error
    if not listed:
        raise IntegrityError(f"{folder}: {MANIFEST} names no file; take the report from where it was kept")
    return listed


def _fault(folder: Path, name: str, said: str) -> str | None:
    file = folder / name
    if name != Path(name).name or file.is_symlink():
        return f"{name} leads out of the folder"
    if not file.is_file():
        return f"{name} is missing"
    return None if sha256(file) == said else f"{name} was changed"


def _strangers(folder: Path, expected: set[str]) -> list[str]:
    """What lies beside the listed files, apart from later revisions and drafts of the next one."""
    found = (entry for entry in folder.iterdir() if entry.name not in expected)
    return sorted(e.name for e in found if not (e.is_dir() and (_REVISION.fullmatch(e.name) or e.name.startswith("."))))
