"""Which lake this is, wherever it lies: what it registers with others' models is known by that."""

from __future__ import annotations

import json
import uuid

from pipelines.lake import Lake


def identity(lake: Lake) -> str:
    """The lake's id, given once when it is first asked for; a moved or restored lake keeps it."""
    file = lake.root / "lake.json"
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["id"])
    except FileNotFoundError:
        with lake.replacing(file) as draft:
            draft.write_text(json.dumps({"id": uuid.uuid4().hex}) + "\n", encoding="utf-8")
        return identity(lake)
