"""Why anyone asks: events in citizens' lives and routine, which become applications at agencies' sections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.otherworld.codes import chances
from benchmarks.otherworld.habits import KINDS, MUNICIPAL, Habits
from benchmarks.otherworld.nation import Agencies, Citizens, Days, Ints, Sections
from benchmarks.otherworld.staff import Staff
from benchmarks.otherworld.statutes import AFFAIRS, RELIEF, Statutes

_EVENTS: tuple[tuple[str, float, tuple[tuple[str, float, float], ...]], ...] = (
    ("birth", 1.2, (("child allowance", 0.95, 9), ("maternity", 0.6, 4), ("health insurance", 0.5, 8),
                    ("vaccination", 0.5, 60), ("insured persons", 0.5, 20), ("own affairs", 0.5, 12))),
    ("illness", 1.5, (("intractable illness", 0.5, 10), ("benefits", 0.7, 20), ("disability", 0.3, 60),
                      ("assistance", 0.1, 50), ("accidents", 0.1, 20))),
    ("job lost", 1.6, (("unemployment", 0.9, 8), ("health insurance", 0.85, 10), ("insured persons", 0.4, 15),
                       ("assistance", 0.15, 70), ("resident tax", 0.3, 30), ("pensions", 0.5, 14),
                       ("school aid", 0.15, 50))),
    ("move", 2.0, (("moving in", 0.95, 3), ("health insurance", 0.45, 5), ("child allowance", 0.3, 5),
                   ("nursery", 0.2, 12), ("elder care", 0.15, 6), ("school aid", 0.1, 20), ("housing", 0.15, 25))),
    ("death", 1.3, (("pensions", 0.9, 12), ("elder medicine", 0.6, 8), ("elder care", 0.6, 10),
                    ("resident tax", 0.5, 40), ("benefits", 0.4, 25))),
    ("care", 1.5, (("elder care", 0.95, 6), ("elder medicine", 0.4, 15), ("disability", 0.15, 40))),
    ("school", 1.0, (("school aid", 0.7, 14), ("scholarship", 0.4, 30), ("student loans", 0.35, 30),
                     ("own affairs", 0.2, 10))),
    ("certificate", 0.8, (("disability", 0.95, 7), ("prefecture tax", 0.5, 20), ("own affairs", 0.3, 15),
                          ("resident tax", 0.3, 60))),
    ("divorce", 0.6, (("single parents", 0.9, 8), ("child allowance", 0.7, 6), ("housing", 0.3, 25),
                      ("health insurance", 0.4, 9))),
    ("retirement", 1.0, (("pensions", 0.95, 15), ("health insurance", 0.6, 8), ("taxation", 0.3, 60))),
)  # fmt: skip
"""Event, how frequent, and the affairs that follow: how likely, and after how many days on average."""
_AFFAIR = {affair[0]: number for number, affair in enumerate(AFFAIRS)}


@dataclass(frozen=True)
class Applications:
    """One element an application (or telephone enquiry), in no order."""

    section: Ints
    affair: Ints
    procedure: Ints
    person: Ints
    day: Ints
    enquiry: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True)
class Society:
    """Everything that exists before anyone works."""

    habits: Habits
    statutes: Statutes
    days: Days
    agencies: Agencies
    citizens: Citizens
    sections: Sections
    staff: Staff
    seed: int


def received(society: Society, rng: np.random.Generator) -> Applications:
    """All applications of the period: from events, from routine, and enquiries beside them."""
    expected = _capacity(society, rng)
    events = _from_events(society, expected, rng)
    routine = _routine(society, expected, rng)
    section, affair, person, day = (np.concatenate(pair) for pair in zip(events, routine, strict=True))
    enquiry = rng.random(len(day)) < society.habits.enquiries / (1 + society.habits.enquiries) * _liking(
        society, section
    )
    day = _opening(society, section, day, rng)
    kept = (day >= 0) & (day < society.days.count)
    section, affair, person, day = (column[kept] for column in (section, affair, person, day))
    procedure = _procedures(society, society.sections.agency[section], affair, day, rng)
    return Applications(section, affair, procedure, person, day, enquiry[kept])


def _liking(society: Society, section: Ints) -> NDArray[np.float64]:
    """Some sections take enquiries all day, most hardly any."""
    return 2.2 * chances(section, society.seed, 21) ** 1.2


def _capacity(society: Society, rng: np.random.Generator) -> NDArray[np.float64]:
    """(section, affair, week): applications to be expected, by the staff on duty, the season and the year's growth."""
    habits, days, sections = society.habits, society.days, society.sections
    weeks = np.arange(days.count) // 7
    duty = np.zeros((len(sections.agency), days.weeks))
    work = (society.staff.presence * (society.staff.share > 0.03)[:, None]) > 0
    for week in range(days.weeks):
        np.add.at(duty[:, week], society.staff.section, work[:, weeks == week].sum(axis=1))
    taste = rng.gamma(2.0, 0.5, sections.handles.shape) * sections.handles * [a[5] for a in AFFAIRS]
    taste[:, RELIEF] *= 0.3
    taste /= np.maximum(taste.sum(axis=1, keepdims=True), 1e-9)
    season = np.array([[a[4][days.month[min(w * 7 + 3, days.count - 1)] - 1] for w in range(days.weeks)]
                       for a in AFFAIRS])  # fmt: skip
    trend = 1 + np.outer(rng.normal(0.0, 0.12, len(sections.agency)), np.arange(days.weeks) / days.weeks)
    load = habits.visits * society.agencies.workload[sections.agency]
    return np.asarray(duty[:, None, :] * trend[:, None, :] * taste[:, :, None] * season[None] * load[:, None, None])


def _from_events(society: Society, expected: NDArray[np.float64], rng: np.random.Generator) -> tuple[Ints, ...]:
    """Events befall households of a municipality; what follows reaches its sections and other agencies."""
    citizens, agencies = society.citizens, society.agencies
    towns = agencies.of_kind(*MUNICIPAL)
    weekly = np.zeros((len(agencies.kind), society.days.weeks))
    np.add.at(weekly, society.sections.agency, expected.sum(axis=1))
    number = rng.poisson(weekly[towns] * society.habits.events / 2.2)
    town = np.repeat(towns, number.sum(axis=1))
    week = np.concatenate([np.repeat(np.arange(society.days.weeks), row) for row in number])
    width = citizens.pool[town + 1] - citizens.pool[town]
    person = citizens.pool[town] + (rng.random(len(town)) * width).astype(int)
    day = week * 7 + rng.integers(0, 7, len(town)) - 10
    kind = rng.choice(len(_EVENTS), len(town), p=np.array([e[1] for e in _EVENTS]) / sum(e[1] for e in _EVENTS))
    parts = []
    for number_of_event, (_, _, follows) in enumerate(_EVENTS):
        rows = np.flatnonzero(kind == number_of_event)
        for affair, likely, delay in follows:
            come = rows[rng.random(len(rows)) < likely]
            whole = np.full(len(come), _AFFAIR[affair])
            after = day[come] + rng.gamma(2.0, delay / 2, len(come)).astype(int)
            section = _section_for(society, whole, person[come])
            parts.append((section[section >= 0], whole[section >= 0], person[come][section >= 0], after[section >= 0]))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _section_for(society: Society, affair: Ints, person: Ints) -> Ints:
    """The section in charge: at home, of the prefecture, the insurer or the state; thinned to what those can carry."""
    home = society.citizens.home[person].astype(np.int64)
    owners = [set(AFFAIRS[one][2]) for one in range(len(AFFAIRS))]
    agency = home.copy()
    capital = society.agencies.of_kind("prefecture")[society.agencies.prefecture[home]]
    insurer = society.citizens.insurer[person].astype(np.int64)
    for kinds, where in ((("insurer",), insurer), (("prefecture",), capital)):
        only = np.array([not owner & set(MUNICIPAL) and bool(owner & set(kinds)) for owner in owners])[affair]
        agency[only] = where[only]
    for kind in ("pension", "ministry", "other"):
        some = society.agencies.of_kind(kind)
        only = np.array([kind in owner for owner in owners])[affair]
        if len(some):
            able = society.sections.first[some][:, affair] >= 0
            pick = np.where(able.any(axis=0), able.argmax(axis=0), 0)
            agency[only] = some[pick[only]]
    first = society.sections.first[agency, affair]
    branch = society.citizens.household[person] % np.maximum(society.sections.branches[agency, affair], 1)
    section = np.where(first >= 0, first + branch, -1)
    central = np.isin(society.agencies.kind[agency], [KINDS.index(k) for k in ("pension", "ministry", "other")])
    return np.where(central & (person % 5 > 0), -1, section)


def _routine(society: Society, expected: NDArray[np.float64], rng: np.random.Generator) -> tuple[Ints, ...]:
    """Renewals and inspections; partly of people the section knows well."""
    kind = society.agencies.kind[society.sections.agency]
    town = np.isin(kind, [KINDS.index(name) for name in MUNICIPAL])
    share = np.where(town, 1 - society.habits.events, 0.85)
    number = rng.poisson(expected * share[:, None, None])
    cells = np.argwhere(number > 0)
    times = number[number > 0]
    section, affair, week = (np.repeat(cells[:, n], times) for n in range(3))
    person = clients(society, section, rng)
    day = week * 7 + np.minimum(6, (rng.beta(1.1, 1.5, len(section)) * 6).astype(int))
    return section, affair, person, day


def clients(society: Society, section: Ints, rng: np.random.Generator) -> Ints:
    """A person for each application: of the agency's own circle, a regular of the section or anyone."""
    citizens, agencies = society.citizens, society.agencies
    agency = society.sections.agency[section]
    kind = agencies.kind[agency]
    begin, width = citizens.pool[agency], citizens.pool[agency + 1] - citizens.pool[agency]
    nowhere = width == 0
    total = len(citizens.home)
    luck = rng.random(len(section))
    known = rng.random(len(section)) < society.habits.regulars
    # Regulars stand in the first twentieth of each section's own random order, the first among them most often.
    place = (luck**2.5 * np.maximum(width, 1) * 0.05).astype(np.int64)
    regular = (place * 7919 + section * 104729) % np.maximum(width, 1)
    person = np.where(known, begin + regular, begin + (luck * width).astype(np.int64))
    insured, start = citizens.insured, citizens.insured_from
    members = start[agency + 1] - start[agency]
    own = nowhere & (members > 0)
    person[own] = insured[start[agency[own]] + (luck[own] * members[own]).astype(int)]
    prefecture = kind == KINDS.index("prefecture")
    for one in np.unique(agency[prefecture]):
        here = np.flatnonzero(agency == one)
        towns = agencies.of_kind(*MUNICIPAL)
        towns = towns[agencies.prefecture[towns] == agencies.prefecture[one]]
        if len(towns):
            people = np.concatenate([np.arange(citizens.pool[t], citizens.pool[t + 1]) for t in towns])
            person[here] = people[(luck[here] * len(people)).astype(int)]
        else:
            person[here] = (luck[here] * total).astype(int)
    rest = nowhere & ~own & ~prefecture
    person[rest] = (luck[rest] * total).astype(int)
    return person


def _opening(society: Society, section: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """The day on which the section takes it up: the next on which it is open, with some waiting in the queue."""
    days, agencies = society.days, society.agencies
    waiting = rng.geometric(0.65, len(day)) - 1
    day = day + waiting
    after = np.full((2, days.count + 1), days.count)
    for saturdays in (0, 1):
        is_open = days.open | (days.saturday if saturdays else False)
        for n in range(days.count - 1, -1, -1):
            after[saturdays, n] = n if is_open[n] else after[saturdays, n + 1]
    inside = np.clip(day, 0, days.count)
    opened = after[agencies.saturdays[society.sections.agency[section]].astype(int), inside]
    return np.where(day < 0, -1, opened)


def _procedures(society: Society, agency: Ints, affair: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """A procedure in force: popular ones first, but every agency has its own share of each."""
    law = society.statutes
    width = max(a[6] for a in AFFAIRS)
    index = np.arange(len(law.affair)) - law.first[law.affair]
    weight = np.zeros((len(AFFAIRS), width))
    weight[law.affair, index] = law.weight
    taste = weight[None] * np.random.default_rng(society.seed + 6).gamma(
        0.8, 1.25, (len(society.agencies.kind), *weight.shape)
    )
    taste += weight[None] * 1e-4
    ladder = np.cumsum(taste, axis=2) / taste.sum(axis=2, keepdims=True)
    luck = rng.random(len(affair)) * 0.999999
    chosen = np.zeros(len(affair), int)
    for step in range(width - 1):
        chosen += luck > ladder[agency, affair, step]
    procedure = law.first[affair] + chosen
    return in_force(society, procedure, day)


def in_force(society: Society, procedure: Ints, day: Ints) -> Ints:
    """The procedure, or the first of its affair where it is not in force on the day."""
    law, days = society.statutes, society.days
    begins = np.array([days.number(start) for start in law.starts])
    ends = np.array([days.number(end) if end else 10**6 for end in law.ends])
    valid = (day >= begins[procedure]) & (day <= ends[procedure])
    return np.where(valid, procedure, law.first[law.affair[procedure]]).astype(np.int64)


def copies_kept(society: Society, agency: Ints) -> NDArray[np.bool_]:
    """Whether agencies deliver their own copy of the record beside the network's."""
    return chances(agency, society.seed, 111) < society.habits.own_copies
