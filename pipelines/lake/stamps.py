"""What a step was computed from. A step whose inputs are what its stamp says need not run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel

from pipelines.lake import Lake

ABSENT = "absent"


@dataclass(frozen=True)
class Stamp:
    """Fingerprints of a step's inputs by name, and what the step wants to remember of its outcome."""

    inputs: Mapping[str, str]
    outcome: Mapping[str, str | int] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Stamp | None:
        """The stamp in a file; None if the step never ended."""
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return cls(content["inputs"], content["outcome"])

    def write(self, lake: Lake, file: Path) -> None:
        """Put the stamp in its place, last of all that a step does."""
        content = {"inputs": dict(self.inputs), "outcome": dict(self.outcome)}
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        with lake.replacing(file) as draft:
            draft.write_text(text + "\n", encoding="utf-8")

    def changed(self, inputs: Mapping[str, str], apart_from: Collection[str] = ()) -> list[str]:
        """The names of inputs that came, went or changed since the stamp was written."""
        names = (self.inputs.keys() | inputs.keys()) - set(apart_from)
        return sorted(name for name in names if self.inputs.get(name) != inputs.get(name))

    def differs(self, inputs: Mapping[str, str]) -> bool:
        """Whether any of these inputs, which need not be all, is another than the stamp says."""
        return any(self.inputs.get(name) != fingerprint for name, fingerprint in inputs.items())


def file_fingerprint(file: Path) -> str:
    """SHA-256 of a file's content, or `absent`."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return ABSENT


def parquet_fingerprint(file: Path) -> str:
    """SHA-256 of a Parquet file's size and footer, or `absent`.

    The footer holds number, size and statistics of every column chunk. A partition of the log only ever
    gains rows, which changes it, and reading it costs the same for a thousand rows as for a hundred million;
    hashing 26 weeks of five million rows each would take longer than the whole run that it is meant to save.
    """
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return ABSENT
    with file.open("rb") as content:
        content.seek(max(0, size - 8))
        footer = int.from_bytes(content.read(4), "little")
        content.seek(max(0, size - 8 - footer))
        return hashlib.sha256(str(size).encode() + content.read()).hexdigest()


def parameters_fingerprint(*sections: BaseModel) -> str:
    """SHA-256 of the values of some sections of the parameters."""
    text = "\n".join(section.model_dump_json() for section in sections)
    return hashlib.sha256(text.encode()).hexdigest()


def definitions_fingerprint(packages: Iterable[str]) -> str:
    """SHA-256 of the program text of some packages: Python, SQL, declarations, tables (holidays) and templates."""
    digest = hashlib.sha256()
    for package in packages:
        for name, file in _program_text(package).items():
            digest.update(f"{package}/{name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _program_text(package: str) -> dict[str, Path]:
    spec = find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        return {}
    folder = Path(spec.submodule_search_locations[0])
    kinds = {".py", ".sql", ".yaml", ".json", ".csv", ".j2", ".html", ".css"}
    files = (file for file in folder.rglob("*") if file.suffix in kinds)
    return dict(sorted((file.relative_to(folder).as_posix(), file) for file in files))
