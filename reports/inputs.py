"""What a weekly report is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.weeks import Week


@dataclass(frozen=True)
class EarlierWeek:
    """The published result of an earlier week: its table of cases, and where its page is, seen from the report's folder."""

    week: Week
    cases: Path
    page: str


@dataclass(frozen=True)
class ReportInputs:
    """The tables of a scored week, the logs that hold its evidence (this week's first), and where they come from.

    `changed` names what changed since the earlier revision; `inputs` maps the name of everything that the tables
    depend on to its SHA-256; `evidence_rows` is the number of rows that a case shows unfolded;
    `power` is the result of `shirabe power` for the model, if there is one; `previous_cases` are those of the week before,
    if it was scored; `model_age_weeks` are the weeks since the last that the model
    learned from; `past` are the logs of the week's look-back from `past_since` on, the week itself included; `explained` says which
    explanation the requests of the recent weeks have; `earlier` are the published results of earlier weeks, the latest first;
    `case_weeks` are the weeks behind the cases, if they were kept; `empty_tables` are reference tables of which nothing was delivered; `pdf`: the page on
    paper is made too, and in English beside it if `pdf_in_english`.
    """

    week: Week
    revision: int
    changed: tuple[str, ...]
    cases: Path
    rule_hits: Path
    requests: Path
    coverage: Path
    logs: tuple[Path, ...]
    agencies: Path
    codes: Path
    model_version: str
    inputs: dict[str, str]
    evidence_rows: int
    power: Path | None = None
    case_weeks: Path | None = None
    previous_cases: Path | None = None
    model_age_weeks: int | None = None
    past: tuple[Path, ...] = ()
    past_since: Week | None = None
    explained: tuple[Path, ...] = ()
    earlier: tuple[EarlierWeek, ...] = ()
    empty_tables: tuple[str, ...] = ()
    pdf: bool = True
    pdf_in_english: bool = False
