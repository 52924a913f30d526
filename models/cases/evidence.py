"""The rows that drive a finding: few and pure, the most telling first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from features.catalogue import Attribute, attribute_of, query, statistics
from features.counts import requests_counted
from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.ranking.agencies import AGENCY
from models.ranking.findings import OFFICIAL, ONE_ATTRIBUTE, RULE_VIOLATION, TELLING
from models.statistics import WeekStatistics
from models.statistics.masquerade import MASQUERADE
from models.statistics.unexplained import EDGES, LEAD, VOLUME
from models.statistics.unnamed_sittings import UNNAMED_SITTING

MOST_ROWS = 1000
"""Nobody reads more rows of one case; how many there are in all is told beside them."""
OF_FILES = ("batch_off_hours", "file_content", "file_insertion")
OF_MIX_UPS = ("joined_case", "lost_answer", "agency_lost_answers")
MANY_ACCOUNTS = "many_accounts"
OF_REQUESTS = (*OF_FILES, *OF_MIX_UPS, MANY_ACCOUNTS, UNNAMED_SITTING)
"""Findings behind which requests stand and no visits, whoever is named."""
UNANSWERED = ("agency_unanswered", "provider_unanswered")
RARE_VISIT = 3.0
"""A visit (or its attribute) as rare as one in twenty of its agency, in nats."""
FEW_VISITS = 3
"""Where no visit is as rare, so many of the strangest show what is meant."""
FEW_OFFICIALS = 5
"""A case about an agency names officials only where so few of them make it."""


@dataclass(frozen=True)
class Evidence:
    """Rows of the log behind one finding, strongest first: at most MOST_ROWS `request_ids` of all `in_all` (0: those). People,
    days, visits and departments are those of all. `without_reason`: only requests without a reason are meant. `joined`: findings
    of other officials in the same sitting, whose rows are among these; `own` is then the evidence without them. `explained`: of
    requests that an agency's count is of, how many have a reason."""

    request_ids: tuple[str, ...]
    users: tuple[str, ...]
    subjects: tuple[str, ...]
    days: int
    visits: int
    departments: int
    in_all: int = 0
    without_reason: bool = False
    joined: tuple[Joined, ...] = ()
    own: Evidence | None = None
    explained: int = 0

    @property
    def leading(self) -> Evidence:
        """The evidence of the finding that leads the case, without what joins it."""
        return self.own or self

    @property
    def requests(self) -> int:
        """How many requests there are, those beyond MOST_ROWS too."""
        return max(self.in_all, len(self.request_ids))


@dataclass(frozen=True)
class Shared:
    """What joins two officials' findings (`models/cases/sittings.py`): changes of hand, or people in common, `number` of them."""

    kind: str
    number: int


@dataclass(frozen=True)
class Joined:
    """Another official's finding (a row of FINDINGS) in a case's sitting, with its evidence and what both share."""

    finding: Any
    proof: Evidence
    shared: tuple[Shared, ...]


@dataclass(frozen=True)
class Marked:
    """A cell of a count that stands out at an agency, its value in nats, and the statistic that says so."""

    counted: str
    cell: str
    value: float
    statistic: str


MOST_COUNTS = 3
"""Counts of an agency's week that rows are shown of: more of them hide the leading one."""
NOTHING = Evidence((), (), (), 0, 0, 0)


def gather(engine: DuckDBEngine, findings: pd.DataFrame, readings: WeekStatistics, week: Week) -> list[Evidence]:
    """Evidence of each finding, in the order of the findings; NOTHING where no visit stands behind it (agencies)."""
    if findings.empty:
        return []
    asked = _asked(findings, readings, week)
    violations = engine.arrow(query("evidence", "rule_violation"), {"week": str(week)}).to_pandas()
    engine.connection.register("finding", asked)
    rows = engine.arrow(query("evidence", "visits")).to_pandas()
    engine.connection.unregister("finding")
    rows = rows.sort_values(
        ["finding_no", "monday", "level", "visit_no", "request_id"],
        ascending=[True, False, False, True, True],
    )
    by_finding = dict(list(rows.groupby("finding_no")))
    leads = dict(zip(asked.finding_no, asked.lead_unexplained, strict=True))
    attributes = dict(zip(asked.finding_no, asked.attribute, strict=True))

    def telling(n: int) -> pd.DataFrame:
        rows = by_finding[n]
        if attributes[n] == VOLUME:  # it is their number that is strange, no one of them
            return rows
        return _of_the_day(rows) if attributes[n] == MASQUERADE else rows if leads[n] else _strangest(rows)

    found = [_evidence(telling(n), bool(leads[n])) if n in by_finding else NOTHING for n in range(len(findings))]
    return [
        _special(engine, violations, f, readings, week) or evidence
        for f, evidence in zip(findings.itertuples(), found, strict=True)
    ]


def marked_counts(finding: Any, readings: WeekStatistics) -> list[Marked]:
    """The cells of counts in which the finding's agency has more than expected, the most marked first: the one of the finding,
    or all telling ones of the agency's week as a whole."""
    declared = [s for s in statistics().values() if s.counts and s.side == "more"]
    names = [s for s in declared if finding.statistic in (s.name, AGENCY)]
    found = []
    for statistic in names:
        own = readings.others[statistic.name]
        own = own[
            (own.agency_code == finding.agency_code) & (own.value >= (TELLING if finding.statistic == AGENCY else 0.0))
        ]
        found += [Marked(str(statistic.counts), row.cell, float(row.value), statistic.name) for row in own.itertuples()]
    return sorted(found, key=lambda marked: -marked.value)[:MOST_COUNTS]


def _special(
    engine: DuckDBEngine, violations: pd.DataFrame, finding: Any, readings: WeekStatistics, week: Week
) -> Evidence | None:
    """Evidence of findings that no visit stands behind: broken rules, requests without an answer, runs of files."""
    if finding.statistic == RULE_VIOLATION:
        return _breach(violations, finding)
    if finding.statistic in UNANSWERED:
        asked = {"agency": finding.agency_code, "asked": finding.statistic == "provider_unanswered"}
        rows = engine.arrow(query("evidence", "unanswered"), asked).to_pandas()
        return _of_rows(rows)
    marked = marked_counts(finding, readings)
    if marked:
        parts = [requests_counted(engine, m.counted, finding.agency_code, m.cell, week).to_pandas() for m in marked]
        whole = pd.concat(parts).drop_duplicates("request_id")
        rows = replace(_of_rows(whole), explained=int(whole.explained_by.notna().sum()))
        return rows if len(rows.users) <= FEW_OFFICIALS else replace(rows, users=())
    of_requests = _OF_REQUESTS.get(finding.statistic)
    return of_requests(engine, finding, week) if of_requests else None


def _of_terminal(engine: DuckDBEngine, finding: Any, week: Week) -> Evidence:
    """The requests for which accounts of others were used; the official whose terminal it is is named with them."""
    asked = {
        "agency": finding.agency_code,
        "terminal": finding.slot,
        "window_start": week.shift(1 - finding.window).monday,
    }
    rows = _of_rows(engine.arrow(query("evidence", MANY_ACCOUNTS), asked).to_pandas())
    return replace(rows, users=(finding.requester_user, *rows.users), without_reason=True)


def _of_sitting(engine: DuckDBEngine, finding: Any, week: Week) -> Evidence:
    """The requests of a sitting in which no official is named: exactly these."""
    first, last = (datetime.fromisoformat(moment) for moment in finding.slot.split("/")[:2])
    asked = {
        "agency": finding.agency_code,
        "counted": finding.counted,
        "cell": finding.cell,
        "first_at": first,
        "last_at": last,
    }
    return _of_rows(engine.arrow(query("evidence", "unnamed_sitting"), asked).to_pandas())


def _of_mix_up(engine: DuckDBEngine, finding: Any, week: Week) -> Evidence:
    """The requests under the case that somebody joined, or those that find nothing any more."""
    asked = {"monday": week.monday, "agency": finding.agency_code, "official": finding.requester_user or ""}
    if finding.statistic == "joined_case":
        found = engine.arrow(query("evidence", "joined_case"), asked | {"case_ref": finding.slot})
    else:
        whole = {"all_of_agency": finding.statistic == "agency_lost_answers"}
        found = engine.arrow(query("evidence", "lost_answer"), asked | whole)
    return _of_rows(found.to_pandas())


def _of_file(engine: DuckDBEngine, finding: Any, week: Week) -> Evidence:
    """The requests of runs of files at an hour, of one run, or, where only a part of it does not fit, those about the people told of."""
    if finding.statistic == "batch_off_hours":
        at_hour = {"monday": week.monday, "agency": finding.agency_code, "slot": finding.slot}
        return _of_rows(engine.arrow(query("evidence", "batch_run"), at_hour).to_pandas())
    department, affair, first_at = finding.slot.rsplit("/", 2)
    asked = {"monday": week.monday, "agency": finding.agency_code, "department": department, "affair": affair}
    rows = engine.arrow(
        query("evidence", "file_content"), asked | {"first_at": datetime.fromisoformat(first_at)}
    ).to_pandas()
    if finding.statistic == "file_insertion":
        rows = rows[rows[finding.cell].fillna(False).astype(bool)]
    return _of_rows(rows)


_OF_REQUESTS: Mapping[str, Callable[[DuckDBEngine, Any, Week], Evidence]] = {
    MANY_ACCOUNTS: _of_terminal, UNNAMED_SITTING: _of_sitting, **dict.fromkeys(OF_FILES, _of_file), **dict.fromkeys(OF_MIX_UPS, _of_mix_up),
}  # fmt: skip
"""How the requests are found behind which no visit stands, by statistic."""


def _breach(violations: pd.DataFrame, finding: Any) -> Evidence:
    """The requests of the official (or the agency) that break the rule that leads the finding, in order of time."""
    own = violations[(violations.rule_id == finding.rule) & (violations.agency_code == finding.agency_code)]
    if finding.entity == "user":
        own = own[own.requester_user == finding.requester_user]
    else:
        own = own[own.requester_user.isna()]
    return _of_rows(own.sort_values(["requested_at", "request_id"]))


def _of_rows(rows: pd.DataFrame) -> Evidence:
    """Evidence from rows of the log as they are ordered."""
    users = tuple(dict.fromkeys(rows.requester_user.dropna()))
    subjects = tuple(dict.fromkeys(rows.subject_key.dropna()))
    ids = tuple(rows.request_id[:MOST_ROWS])
    return Evidence(ids, users, subjects, rows.day.nunique(), len(rows), rows.department.nunique(), len(rows))


def _strangest(rows: pd.DataFrame) -> pd.DataFrame:
    """Where work with a reason stands out: the visits that are rare as a whole, or else the strangest few."""
    visits = rows.drop_duplicates(["monday", "visit_no"])
    kept = visits[visits.level >= RARE_VISIT] if (visits.level >= RARE_VISIT).any() else visits.head(FEW_VISITS)
    return rows.merge(kept[["monday", "visit_no"]], on=["monday", "visit_no"])


def _of_the_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Where a day rather looks like another's: that day's visits that fit the colleagues better."""
    likelier = rows[rows.level > 0]
    visits = likelier.drop_duplicates(["monday", "visit_no"])
    return likelier[likelier.day == visits.groupby("day")["level"].sum().idxmax()] if len(visits) else rows


def _evidence(rows: pd.DataFrame, without_reason: bool) -> Evidence:
    ids = tuple(dict.fromkeys(rows.request_id))
    return Evidence(
        ids[:MOST_ROWS],
        tuple(dict.fromkeys(rows.requester_user)),
        tuple(dict.fromkeys(rows.subject_key.dropna())),
        rows.day.nunique(),
        len(rows[["monday", "visit_no"]].drop_duplicates()),
        rows.department.nunique(),
        len(ids),
        without_reason,
    )


def _asked(findings: pd.DataFrame, readings: WeekStatistics, week: Week) -> pd.DataFrame:
    national = findings.entity_id.str.startswith("national/")
    asked = pd.DataFrame({
        "finding_no": np.arange(len(findings)),
        "agency_code": findings.agency_code,
        "requester_user": findings.requester_user.astype("str").where(findings.requester_user.notna(), None),
        "subject_key": findings.subject_key.where(~national, None),
        "subject_national": findings.subject_key.where(national, None),
        "window_start": [week.shift(1 - int(w)).monday for w in findings.window],
        "attribute": findings.attribute,
        "visit_attribute": [_base(name) for name in findings.attribute],
        "unexplained_only": [_declared(name)[1] for name in findings.attribute],
    })  # fmt: skip
    levels = [_level(f, readings) for f in findings.itertuples()]
    return asked[findings.entity.to_numpy() != "agency"].assign(
        lead_unexplained=[lead for (lead, _), e in zip(levels, findings.entity, strict=True) if e != "agency"],
        least=[least for (_, least), e in zip(levels, findings.entity, strict=True) if e != "agency"],
    ).astype(dict.fromkeys(("requester_user", "subject_key", "subject_national", "attribute", "visit_attribute"), "object"))  # fmt: skip


def _declared(counted: object) -> tuple[Attribute | None, bool]:
    return attribute_of(counted) if isinstance(counted, str) else (None, False)


def _base(counted: object) -> str | None:
    attribute, _ = _declared(counted)
    return attribute.name if attribute else None


def _level(finding: Any, readings: WeekStatistics) -> tuple[bool, float]:
    """Whether visits without a reason lead, and the level at which the scan was strongest."""
    if finding.statistic == ONE_ATTRIBUTE:
        return False, 0.0
    if finding.requester_user is None or finding.subject_key is not None:
        return True, 0.0
    scans = readings.scans
    own = scans[
        (scans.agency_code == finding.agency_code)
        & (scans.requester_user == finding.requester_user)
        & (scans.window == finding.window)
    ]
    lead = own[own.attribute == LEAD]
    if len(lead) and (lead.value.max() >= 2.0 or finding.statistic != OFFICIAL):
        return True, EDGES[int(lead.sort_values(["value", "step"], ascending=[False, True]).step.iloc[0])]
    return False, 0.0
