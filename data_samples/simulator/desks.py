"""Desks: which agency carries out which procedure, how often, from when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples.simulator.chance import Bools, Floats, Ints, Small, stream
from data_samples.simulator.country import Country
from data_samples.simulator.law import MUNICIPAL, Law
from data_samples.simulator.seasons import Year, profile
from data_samples.simulator.settings import Settings

HEAVIEST_TAIL = 0.9
"""Spread (of the logarithm) between agencies in how much they use one procedure."""


@dataclass(frozen=True)
class Desks:
    """An agency's work on one procedure, as parallel arrays."""

    agency: Small
    procedure: Small
    rate: Floats
    """Cases in an average week."""
    batch_rate: Floats
    """Batch runs in an average week."""
    batch_size: Floats
    adopted: Ints
    """The day on which the agency began; for most long before the log."""
    own_affair_from: Ints
    """Day on which an own affair was notified; -1 where the statute itself is the ground."""

    def __len__(self) -> int:
        return len(self.agency)

    def course(self, settings: Settings, law: Law, country: Country, year: Year, monday: int) -> Floats:
        """How busy each desk is in a week, against an average week."""
        open_days = year.works(monday + np.arange(7)).sum() / 5
        growth = 1.0 + 0.15 * (monday - settings.first_day) / 364
        ramp = np.clip((monday - self.adopted) / 35, 0, 1)
        force = (law.starts[self.procedure] <= monday) & (monday + 30 <= law.ends[self.procedure])
        alive = country.valid_to[self.agency] > monday + 6
        course: Floats = profile(monday)[law.profile[self.procedure]] * growth * ramp * force * alive * open_days
        return course


def open_desks(settings: Settings, law: Law, country: Country) -> Desks:
    """Draw who does what. Procedures follow a power law and most agencies use few of them."""
    rng = stream(settings.seed, 4)
    may = law.classes[:, country.agency_class].T
    relative = law.weight / law.weight.max()
    eager = np.clip(2.2 * relative**0.45 * (country.volume[:, None] / np.median(country.volume)) ** 0.15, 0, 0.97)
    first_choice = may & (rng.random(may.shape) < eager)
    agency, procedure = np.nonzero(first_choice | _main_work(may, law))
    rate = country.volume[agency] * law.weight[procedure] * rng.lognormal(0, HEAVIEST_TAIL, len(agency))
    # An agency's volume is its own; how it divides among procedures is the draw above.
    total = np.bincount(agency, rate, minlength=len(country))
    rate *= country.volume[agency] / total[agency]
    ramps = rng.random(len(agency)) < 0.03
    span = settings.weeks * 7
    adopted = np.where(ramps, settings.first_day + rng.integers(0, span, len(agency)), settings.first_day - 400)
    adopted = np.maximum(adopted, law.starts[procedure] + rng.exponential(25, len(agency)).astype(np.int64))
    batch = (rng.random(len(agency)) < 0.22) * np.exp(rng.normal(0, 1, len(agency)))
    desks = Desks(
        agency.astype(np.int32),
        procedure.astype(np.int32),
        rate,
        np.minimum(batch * (0.2 + 40 * country.volume[agency] ** 0.5), 10),
        rate / np.maximum(batch, 0.05),
        adopted,
        np.full(len(agency), -1),
    )
    return _with_own_affairs(settings, law, country, _scaled(settings, law, desks), rng)


def _with_own_affairs(settings: Settings, law: Law, country: Country, desks: Desks, rng: np.random.Generator) -> Desks:
    """Every third municipality has an affair of its own by ordinance; some are notified late."""
    towns = country.of_class(MUNICIPAL)
    agency = rng.choice(towns, max(4, len(towns) // 3), replace=False)
    procedure = rng.choice(np.flatnonzero(~law.classes[:, MUNICIPAL]), len(agency))
    span = settings.weeks * 7
    early = rng.random(len(agency)) < 0.5
    known = settings.first_day + np.where(
        early, -rng.integers(30, 900, len(agency)), rng.integers(0, span + 90, len(agency))
    )
    rate = np.array([desks.rate[desks.agency == a].sum() for a in agency]) * 0.08
    none = np.zeros(len(agency))
    return Desks(
        np.concatenate([desks.agency, agency]).astype(np.int32),
        np.concatenate([desks.procedure, procedure]).astype(np.int32),
        np.concatenate([desks.rate, rate]),
        np.concatenate([desks.batch_rate, none]),
        np.concatenate([desks.batch_size, none]),
        np.concatenate([desks.adopted, known]),
        np.concatenate([desks.own_affair_from, known]),
    )


def _main_work(may: Bools, law: Law) -> Bools:
    """Every agency has its main procedures: the three heaviest that its class may use."""
    heavy = np.where(may, law.weight, 0.0)
    third: Floats = -np.partition(-heavy, 2, axis=1)[:, 2:3]
    return may & (heavy >= third)


def rows_of_a_case(law: Law) -> Floats:
    """Requests that a case of a procedure causes on average: sittings, subjects, items."""
    items = np.add.reduceat(law.usual, law.first)
    return 1.5 * (1 + 0.75 * law.household) * items * 1.12


def _scaled(settings: Settings, law: Law, desks: Desks) -> Desks:
    """Rates for the wanted rows a week: half at screens, a third in nightly runs, the rest in campaigns."""
    expected = desks.rate @ rows_of_a_case(law)[desks.procedure]
    runs = desks.batch_rate @ np.maximum(desks.batch_size, 0)
    return Desks(
        desks.agency,
        desks.procedure,
        desks.rate * (0.52 * settings.row_target / expected),
        desks.batch_rate,
        desks.batch_size * (0.33 * settings.row_target / runs),
        desks.adopted,
        desks.own_affair_from,
    )
