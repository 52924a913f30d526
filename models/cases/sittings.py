"""Two officials, or two accounts of one person, in one sitting: their findings are one case.

The measures are of any office and none of them of a simulated one: what two people do at one terminal within minutes, or about
the same people in one week, is looked into once, with both named. Working in the same office joins nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest

import pandas as pd
import pyarrow as pa

from features.catalogue import query
from features.engines.duckdb import DuckDBEngine
from models.cases.evidence import MOST_ROWS, Evidence, Joined, Shared

TERMINAL, PEOPLE, IN_TURN, REQUESTS = "terminal", "people", "in_turn", "requests"
"""What findings share: turns at one terminal, the same people, turns about a few of the same people, the same requests."""
SOON_MINUTES = 15
"""A terminal that somebody else uses so soon was hardly left for other work in between."""
SAME_HOURS_MINUTES = 60
"""Who asks about the same people within the hour is at the same matter; a file that is passed on lies longer."""
TURNS = 3
"""There, back, and there again: handing over takes one turn, handing back two, and both are usual in any office."""
FEW = 3
"""One or two people in common are a household or a file that two officials deal with; one or two requests are a slip."""
MOST_OF_THEM = 2 / 3
"""A clear majority: about half of the people or requests in common, each would still have a matter of his own."""
MOST_OFFICIALS = 5
"""What more of them share is an office's common work; a reader asks about a handful by name."""


def together(engine: DuckDBEngine, chosen: pd.DataFrame, evidence: Sequence[Evidence]) -> list[Evidence | None]:
    """The evidence of each finding with those that join it, strongest first; None for one that joins a stronger one.

    A case is joined for what is shared with its leading finding alone: chains would draw a whole office together. `chosen`
    are findings as FINDINGS declares them, strangest first; the engine has `week_log`.
    """
    rows = _rows(engine, chosen, evidence)
    # Behind a finding about a terminal stand requests under other accounts: what those did is no turn of whose terminal it is.
    own = {place: behind[behind.requester_user == chosen.requester_user.iloc[place]] for place, behind in rows.items()}
    found: list[Evidence | None] = list(evidence)
    for lead, others in _of_one_agency(chosen):
        if found[lead] is None:
            continue
        shared = {
            o: shared_by(own[lead], own[o]) + same_requests(rows[lead], rows[o]) for o in others if found[o] is not None
        }
        joining = [other for other in others if shared.get(other)][: MOST_OFFICIALS - 1]
        if joining:
            joins = [Joined(next(chosen.iloc[[o]].itertuples()), evidence[o], shared[o]) for o in joining]
            found[lead] = _merged(evidence[lead], joins, pd.concat([rows[place] for place in (lead, *joining)]))
            found = [None if place in joining else each for place, each in enumerate(found)]
    return found


def shared_by(one: pd.DataFrame, other: pd.DataFrame) -> tuple[Shared, ...]:
    """What makes one sitting of the requests that two officials made in a week; nothing of what they merely have in common."""
    both = pd.concat([one, other])
    people, others = set(one.subject_key.dropna()), set(other.subject_key.dropna())
    same = people & others
    terminals = [rows for _, rows in both[both.requester_terminal.notna()].groupby("requester_terminal")]
    at_terminal = max((turns(rows, SOON_MINUTES) for rows in terminals), default=0)
    about_them = turns(both[both.subject_key.isin(same)], SAME_HOURS_MINUTES)
    shared = (
        Shared(TERMINAL, at_terminal) if at_terminal >= TURNS else None,
        Shared(PEOPLE, len(same))
        if _for_the_most_part(len(same), len(people), len(others))
        else Shared(IN_TURN, about_them)
        if about_them >= TURNS
        else None,
    )
    return tuple(each for each in shared if each is not None)


def same_requests(one: pd.DataFrame, other: pd.DataFrame) -> tuple[Shared, ...]:
    """The requests that stand behind both findings, as where the accounts of others were used at somebody's terminal."""
    same = len(set(one.request_id) & set(other.request_id))
    return (Shared(REQUESTS, same),) if _for_the_most_part(same, len(one), len(other)) else ()


def _for_the_most_part(same: int, of_one: int, of_other: int) -> bool:
    return same >= max(FEW, MOST_OF_THEM * min(of_one, of_other))


def turns(rows: pd.DataFrame, minutes: int) -> int:
    """How often officials change in the liveliest sitting: requests each at most so many minutes after the one before.

    Of requests at the same moment each official's stand together, so that one look-up of several items is one turn.
    """
    ordered = rows.sort_values(["requested_at", "requester_user", "request_id"])
    within = ordered.requested_at.diff() <= timedelta(minutes=minutes)
    changed = within & (ordered.requester_user != ordered.requester_user.shift())
    return int(changed.groupby((~within).cumsum()).sum().max()) if len(ordered) else 0


def _of_one_agency(chosen: pd.DataFrame) -> Iterator[tuple[int, list[int]]]:
    """Each official's finding by place, with those of others of the agency below it."""
    is_official = (chosen.entity == "user").to_numpy()
    agencies = chosen.agency_code.to_numpy()
    places = [place for place in range(len(chosen)) if is_official[place]]
    for lead in places:
        yield lead, [other for other in places if other > lead and agencies[other] == agencies[lead]]


def _rows(engine: DuckDBEngine, chosen: pd.DataFrame, evidence: Sequence[Evidence]) -> dict[int, pd.DataFrame]:
    """The week's requests behind each official's finding that another of the same agency might join, by place."""
    pairs = [(lead, others) for lead, others in _of_one_agency(chosen) if others]
    places = sorted({place for lead, others in pairs for place in (lead, *others)})
    ids = sorted({request for place in places for request in evidence[place].request_ids})
    if not places:
        return {}
    engine.given("in_evidence", pa.table({"request_id": pa.array(ids, pa.string())}))
    rows = engine.arrow(query("evidence", "sitting")).to_pandas()
    return {place: rows[rows.request_id.isin(evidence[place].request_ids)] for place in places}


def _merged(own: Evidence, joins: Sequence[Joined], known: pd.DataFrame) -> Evidence:
    """All rows, each official's in turn, so that the first that are read show all of them; the week's (`known`) before earlier ones."""
    parts = [own, *(join.proof for join in joins)]
    of_week = set(known.request_id)
    this = _in_turn([[r for r in part.request_ids if r in of_week] for part in parts])
    before = _in_turn([[r for r in part.request_ids if r not in of_week] for part in parts])
    ids, told = [*this, *before], sum(len(part.request_ids) for part in parts)
    # The days of earlier rows are not known one by one: then they count as different ones.
    days = known.requested_at.dt.date.nunique() if not before else sum(part.days for part in parts)
    return replace(
        own, request_ids=tuple(ids[:MOST_ROWS]), days=days, visits=sum(part.visits for part in parts),
        users=tuple(dict.fromkeys(user for part in parts for user in part.users)),
        subjects=tuple(dict.fromkeys(person for part in parts for person in part.subjects)),
        in_all=sum(part.requests for part in parts) - (told - len(ids)), joined=tuple(joins), own=own,
    )  # fmt: skip


def _in_turn(lists: Sequence[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(each for row in zip_longest(*lists) for each in row if each is not None))
