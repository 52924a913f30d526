"""How a world lives: the presets from which agencies, officials and their records are drawn."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "ministry", "prefecture", "designated_city", "city", "ward", "town", "village", "insurer", "pension", "other",
)  # fmt: skip
MUNICIPAL = ("designated_city", "city", "ward", "town", "village")


@dataclass(frozen=True)
class Habits:
    """One way of life. Shares are fractions of agencies unless the name says otherwise."""

    last_week: str
    law: int
    """Seed of the procedures and their checks: which law is in force here."""
    kinds: tuple[float, ...]
    """Share of each of KINDS; one agency of each at least, where there are enough."""
    staff: float
    """Officials per agency, relative to an ordinary town hall."""
    visits: float
    """Applications an official takes up on a working day."""
    grades: tuple[float, float, float]
    """Shares of agencies at grade A, B and C."""
    upgraded: float
    """Agencies whose records gain a grade within the period."""
    no_case_ref: float
    """Agencies that never fill case_ref; the others fill `case_ref` of their applications."""
    case_ref: float
    collective_ref: float
    """Agencies that put one collective number on telephone enquiries."""
    enquiries: float
    """Telephone enquiries for each application, without one of their own."""
    events: float
    """Share of municipal applications that come from events in a household's life."""
    regulars: float
    """Share of routine applications from people that a section knows."""
    two_desks: float
    shared_terminals: float
    rotating_ids: float
    saturdays: float
    overtime: float
    """Share of sittings after hours, on average."""
    later: float
    """Share of checks made in a second sitting, days later."""
    hand_over: float
    review: float
    """Share of applications that a supervisor looks through once more."""
    turnover: float
    """Postings that end in a month."""
    stale_accounts: float
    accounts: float
    """Agencies in the accounts table; at 0 there is none."""
    cases: float
    """Agencies in the cases table; at 0 there is none."""
    cases_listed: float
    """Share of the applications that a listed agency enters, on average."""
    absences_listed: float
    announced: float
    """Share of campaigns that are announced; at 0 there is no table."""
    calendar: bool
    batch: float
    """Batch requests for each interactive one."""
    outages: float
    """Provider outages a week and a hundred agencies."""
    retry: float
    own_copies: float
    """Agencies that deliver their own copy of the record too."""
    untidy: float
    """Share of weeks in which a file comes twice, comes late, or holds a bad row."""
    spread: float
    """How far agencies differ in workload (sigma of a log-normal)."""


CALM = Habits(
    last_week="2026-W46", law=3, kinds=(0.012, 0.035, 0.01, 0.42, 0.03, 0.28, 0.06, 0.13, 0.003, 0.02),
    staff=1.0, visits=2.05, grades=(0.06, 0.62, 0.32), upgraded=0.03, no_case_ref=0.12, case_ref=0.93,
    collective_ref=0.04, enquiries=0.10, events=0.5, regulars=0.35, two_desks=0.06, shared_terminals=0.10,
    rotating_ids=0.0, saturdays=0.06, overtime=0.03, later=0.16, hand_over=0.15, review=0.02, turnover=0.015,
    stale_accounts=0.10, accounts=0.95, cases=0.8, cases_listed=0.95, absences_listed=0.8, announced=0.9,
    calendar=True, batch=0.55, outages=0.6, retry=0.6, own_copies=0.0, untidy=0.0, spread=0.35,
)  # fmt: skip
MESSY = Habits(
    last_week="2026-W30", law=11, kinds=(0.02, 0.05, 0.015, 0.36, 0.05, 0.24, 0.05, 0.17, 0.005, 0.04),
    staff=1.05, visits=1.75, grades=(0.12, 0.58, 0.30), upgraded=0.12, no_case_ref=0.25, case_ref=0.80,
    collective_ref=0.15, enquiries=0.22, events=0.35, regulars=0.5, two_desks=0.12, shared_terminals=0.28,
    rotating_ids=0.06, saturdays=0.14, overtime=0.07, later=0.28, hand_over=0.35, review=0.05, turnover=0.035,
    stale_accounts=0.40, accounts=0.75, cases=0.6, cases_listed=0.75, absences_listed=0.5, announced=0.6,
    calendar=False, batch=0.6, outages=1.6, retry=0.7, own_copies=0.06, untidy=0.35, spread=0.6,
)  # fmt: skip
SPARSE = Habits(
    last_week="2026-W41", law=23, kinds=(0.01, 0.04, 0.0, 0.16, 0.0, 0.48, 0.20, 0.07, 0.003, 0.01),
    staff=1.25, visits=0.6, grades=(0.10, 0.80, 0.10), upgraded=0.05, no_case_ref=0.72, case_ref=0.7,
    collective_ref=0.03, enquiries=0.15, events=0.65, regulars=0.3, two_desks=0.22, shared_terminals=0.35,
    rotating_ids=0.02, saturdays=0.04, overtime=0.02, later=0.12, hand_over=0.25, review=0.01, turnover=0.012,
    stale_accounts=0.25, accounts=0.85, cases=0.15, cases_listed=0.85, absences_listed=0.6, announced=0.75,
    calendar=True, batch=0.9, outages=0.5, retry=0.5, own_copies=0.0, untidy=0.05, spread=0.5,
)  # fmt: skip
HELDOUT = Habits(
    last_week="2026-W37", law=41, kinds=(0.025, 0.06, 0.02, 0.30, 0.09, 0.22, 0.04, 0.18, 0.005, 0.06),
    staff=0.95, visits=2.5, grades=(0.09, 0.46, 0.45), upgraded=0.07, no_case_ref=0.33, case_ref=0.87,
    collective_ref=0.08, enquiries=0.30, events=0.25, regulars=0.6, two_desks=0.03, shared_terminals=0.18,
    rotating_ids=0.03, saturdays=0.22, overtime=0.10, later=0.35, hand_over=0.5, review=0.08, turnover=0.05,
    stale_accounts=0.2, accounts=0.6, cases=0.5, cases_listed=0.65, absences_listed=0.35, announced=0.5,
    calendar=True, batch=0.35, outages=2.2, retry=0.8, own_copies=0.03, untidy=0.15, spread=0.75,
)  # fmt: skip
PRESETS = {"calm": CALM, "messy": MESSY, "sparse": SPARSE, "heldout": HELDOUT}
