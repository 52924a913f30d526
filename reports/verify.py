"""Is a published report what it was when it was published?"""

from __future__ import annotations

import json
from pathlib import Path

from features.errors import IntegrityError
from reports.manifest import MANIFEST, sha256


def verify(path: Path) -> list[str]:
    """Check a report's folder (or a file in it) against its manifest and name the files that were checked.

    Raises IntegrityError listing every file that changed, is missing, or does not belong there.
    """
    folder = path if path.is_dir() else path.parent
    try:
        listed: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"{folder}: no readable {MANIFEST}; give the folder of a published report") from error
    faults = [_fault(folder / name, said) for name, said in sorted(listed.items())]
    strangers = sorted(f.name for f in folder.iterdir() if f.is_file() and f.name not in {*listed, MANIFEST})
    faults += [f"{name} does not belong to the report" for name in strangers]
    found = [fault for fault in faults if fault]
    if found:
        listing = "\n".join(f"  {fault}" for fault in found)
        raise IntegrityError(
            f"{folder} is not as it was published:\n{listing}\nTake the report from where it was kept."
        )
    return sorted(listed)


def _fault(file: Path, said: str) -> str | None:
    if not file.is_file():
        return f"{file.name} is missing"
    return None if sha256(file) == said else f"{file.name} was changed"
