"""The record of champions: which model was live when, by whom and why. Lines are only ever added."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pipelines.lake import Lake

FIRST, PROMOTE, ROLLBACK, SHADOW = "first", "promote", "rollback", "shadow"


@dataclass(frozen=True)
class Approval:
    """Who asks for another champion, who agrees, and why."""

    by: str
    approved_by: str
    why: str


@dataclass(frozen=True)
class Promotion:
    """A line of the record: from this moment (UTC) on the version judges, in place of the one before."""

    when: str
    act: str
    version: str
    fingerprint: str
    before: str | None
    by: str
    approved_by: str
    why: str
    digest: str = ""
    """SHA-256 over the files of the version's artefact; lines of an earlier program have none."""

    @classmethod
    def parse(cls, line: str) -> Promotion:
        """The promotion that a line tells of."""
        content: dict[str, Any] = json.loads(line)
        return cls(before=content.pop("from"), **content)

    def line(self) -> str:
        """As it stands in the record."""
        content = asdict(self)
        return json.dumps({"when": self.when, "from": content.pop("before")} | content, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Period:
    """When a version was live; None: since before the record began, or still."""

    version: str
    since: str | None
    until: str | None


@dataclass(frozen=True)
class Record:
    """All promotions of a lake, the earliest first; shadows, which judge nothing, stand in the file only."""

    promotions: tuple[Promotion, ...]

    @classmethod
    def read(cls, lake: Lake) -> Record:
        """The record of a lake; empty if nothing was promoted yet."""
        try:
            text = lake.promotions().read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(())
        lines = (Promotion.parse(line) for line in text.splitlines())
        return cls(tuple(line for line in lines if line.act != SHADOW))

    @property
    def digests(self) -> dict[str, str]:
        """What the artefact of each promoted version is vouched to be, by version; the first word counts."""
        return {each.version: each.digest for each in reversed(self.promotions) if each.digest}

    def unfinished(self, champion: str | None) -> Promotion | None:
        """The last promotion, if a kill came between its line and the alias."""
        last = self.promotions[-1] if self.promotions else None
        cut_short = last is not None and last.before is not None and last.before == champion != last.version
        return last if cut_short else None

    def predecessor(self, champion: str) -> str | None:
        """The version that was live before this one, which roll-backs have not taken away; None if none is known."""
        line = self._line_of_succession()
        if champion not in line:
            return None
        place = len(line) - 1 - line[::-1].index(champion)
        return line[place - 1] if place else None

    def _line_of_succession(self) -> list[str]:
        line: list[str] = []
        for each in self.promotions:
            if each.act == ROLLBACK and each.version in line:
                line = line[: len(line) - line[::-1].index(each.version)]
                continue
            if each.before is not None and line[-1:] != [each.before]:
                line.append(each.before)
            line.append(each.version)
        return line

    def periods(self, version: str) -> tuple[Period, ...]:
        """When a version was live."""
        ends = [*(each.when for each in self.promotions[1:]), None]
        found = [Period(e.version, e.when, end) for e, end in zip(self.promotions, ends, strict=False)]
        if self.promotions and (before := self.promotions[0].before) is not None:
            found.insert(0, Period(before, None, self.promotions[0].when))
        return tuple(period for period in found if period.version == version)


def append(lake: Lake, promotion: Promotion) -> None:
    """Add a line to the record: it is there whole or not at all, and the lines before it stay as they are."""
    file = lake.promotions()
    before = file.read_bytes() if file.exists() else b""
    with lake.replacing(file) as draft:
        draft.write_bytes(before + promotion.line().encode())


def record_first(lake: Lake, version: str, fingerprint: str, digest: str, now: datetime) -> None:
    """Write down that the first model of all became champion by itself; nothing if the record has begun."""
    if not Record.read(lake).promotions:
        append(lake, Promotion(moment(now), FIRST, version, fingerprint, None, "", "", "the first model", digest))


def moment(now: datetime) -> str:
    """A moment as the record writes it."""
    return now.isoformat(timespec="seconds")
