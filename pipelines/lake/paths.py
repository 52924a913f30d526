"""Where everything lies under LAKE, and how a file gets there whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from features.weeks import Week

REFERENCE_TABLES = ("agencies", "authority", "calendar", "campaigns", "accounts", "cases")
"""What facts are made from."""
DELIVERED_TABLES = (*REFERENCE_TABLES, "codes")
"""All that may be delivered: what codes are called is for people who read, and a new name makes no new facts."""


@dataclass(frozen=True)
class Lake:
    """The program's own files. Paths only; what is in them is the business of the step that writes them."""

    root: Path

    def log(self, week: Week) -> Path:
        return self.root / "log" / f"week={week}" / "log.parquet"

    def reference(self, table: str) -> Path:
        return self.root / "reference" / f"{table}.parquet"

    def facts(self, name: str, week: Week) -> Path:
        return self.root / "facts" / name / f"week={week}" / f"{name}.parquet"

    def features(self, entity: str, week: Week) -> Path:
        return self.root / "features" / f"entity={entity}" / f"week={week}" / "features.parquet"

    def scores(self, entity: str, week: Week) -> Path:
        return self.root / "scores" / f"entity={entity}" / f"week={week}" / "scores.parquet"

    def requests(self, week: Week) -> Path:
        return self.root / "requests" / f"week={week}" / "requests.parquet"

    def cases(self, week: Week) -> Path:
        return self.root / "cases" / f"week={week}" / "cases.parquet"

    def case_weeks(self, week: Week) -> Path:
        return self.root / "case_weeks" / f"week={week}" / "case_weeks.parquet"

    def rule_hits(self, week: Week) -> Path:
        return self.root / "rule_hits" / f"week={week}" / "rule_hits.parquet"

    def drift(self, week: Week) -> Path:
        return self.root / "drift" / f"week={week}" / "drift.parquet"

    def coverage(self, week: Week) -> Path:
        return self.root / "coverage" / f"week={week}" / "coverage.json"

    def power(self, week: Week) -> Path:
        return self.root / "evaluation" / "power" / f"week={week}.parquet"

    def report(self, week: Week, revision: int = 1) -> Path:
        folder = self.root / "reports" / f"week={week}"
        return folder if revision == 1 else folder / f"revision-{revision}"

    def promotions(self) -> Path:
        return self.root / "models" / "promotions.jsonl"

    def card(self, version: str) -> Path:
        return self.root / "models" / _as_name(version) / "card.html"

    def truth_figures(self, version: str) -> Path:
        return self.root / "evaluation" / "truth" / f"{_as_name(version)}.json"

    def comparison(self, champion: str, other: str) -> Path:
        one, two = _as_name(champion), _as_name(other)
        return self.root / "evaluation" / "compare" / f"{two}-beside-{one}.json"

    def search(self, key: str) -> Path:
        return self.root / "evaluation" / "search" / f"{key[:12]}.yaml"

    def reports_index(self) -> Path:
        return self.root / "reports" / "index.html"

    def stamp(self, step: str, week: Week) -> Path:
        return self.root / "stamps" / step / f"week={week}.json"

    def kept_revision(self, week: Week, revision: int) -> Lake:
        """The tables of a reported revision, kept when a later one replaced them, laid out as a lake."""
        return Lake(self.root / "revisions" / f"week={week}" / f"revision-{revision}")

    def kept_revisions(self, week: Week) -> list[int]:
        """The revisions of a week that later ones replaced."""
        folders = self.root.glob(f"revisions/week={week}/revision-*")
        return sorted(int(folder.name.removeprefix("revision-")) for folder in folders)

    def score_tables(self, week: Week) -> list[Path]:
        """The scores of a week that exist, of every kind of entity, in a fixed order."""
        return sorted(self.root.glob(f"scores/entity=*/week={week}/scores.parquet"))

    def tables(self, week: Week) -> list[Path]:
        """The result tables of a week that exist, in a fixed order."""
        scores = self.score_tables(week)
        others = (
            self.requests(week),
            self.cases(week),
            self.case_weeks(week),
            self.rule_hits(week),
            self.drift(week),
            self.coverage(week),
        )
        return [*scores, *(table for table in others if table.exists())]

    def references(self) -> list[Path]:
        """The reference tables that exist, in a fixed order."""
        return [file for file in map(self.reference, DELIVERED_TABLES) if file.exists()]

    def all_facts(self, week: Week) -> list[Path]:
        """The kept tables of a week that exist, in a fixed order."""
        return sorted(self.root.glob(f"facts/*/week={week}/*.parquet"))

    def loaded_files(self) -> dict[Path, int]:
        """The canonical log and the reference tables, each with when it was last replaced (ns)."""
        files = [*self.references(), *sorted(self.root.glob("log/week=*/log.parquet"))]
        return {file: file.stat().st_mtime_ns for file in files}

    def weeks(self) -> list[Week]:
        """The weeks whose log is loaded, earliest first."""
        logs = self.root.glob("log/week=*/log.parquet")
        return sorted(Week.parse(log.parent.name.removeprefix("week=")) for log in logs)

    @contextmanager
    def replacing(self, target: Path) -> Iterator[Path]:
        """A path to write to; left without an error, the file takes the place of `target` in one step."""
        staging = self.root / ".staging"
        staging.mkdir(parents=True, exist_ok=True)
        draft = staging / f"{uuid.uuid4().hex}{target.suffix}"
        try:
            yield draft
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def _as_name(version: str) -> str:
    """What stands in rows, as the name of a file or folder."""
    return version.replace("/", "-").replace("@", "-")
