"""What each part is worth: the same weeks found and judged again without it.

Left out in turn are every detector and all of them (the layers' statistics alone), every attribute of the scan (with
detectors and scales learned anew without it), every rule, and every other statistic. Facts are not built again; what
an explanation is worth needs that, see `benchmarks/explanations.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.bundle import Bundle
from models.cases.listing import listed
from models.evaluation import Case, cases_of_findings
from models.ranking.agencies import AGENCY
from models.ranking.combination import learned_rarity
from models.ranking.findings import OVER_TIME, RULE_VIOLATION, Learned, find
from models.sizes import Sizes
from models.statistics import WeekStatistics, standalone
from models.statistics.unexplained import LEAD
from models.training import train

ALL = "all of them"


@dataclass(frozen=True)
class Part:
    """Something that can be left out: kind `detector`, `attribute`, `rule` or `statistic`, and its name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


NOTHING = Part("nothing", "")


def parts(history: Sequence[WeekStatistics], bundle: Bundle) -> list[Part]:
    """Everything that can be left out. Work without a reason cannot: it leads the official's week."""
    attributes = sorted({a for reading in history for a in reading.scans.attribute.unique()} - {LEAD})
    rules = sorted({r for reading in history for r in reading.violations.rule_id.unique()})
    return [
        Part("detector", ALL),
        *(Part("detector", name) for name in bundle.detectors),
        *(Part("attribute", str(attribute)) for attribute in attributes),
        *(Part("rule", str(rule)) for rule in rules),
        *(Part("statistic", name) for name in (*standalone(), AGENCY, OVER_TIME, RULE_VIOLATION)),
    ]


def without(readings: WeekStatistics, part: Part) -> WeekStatistics:
    """The readings of a week as if the attribute or the rule did not exist."""
    if part.kind == "attribute":
        return replace(readings, scans=readings.scans[readings.scans.attribute != part.name])
    if part.kind == "rule":
        return replace(readings, violations=readings.violations[readings.violations.rule_id != part.name])
    return readings


def learned_without(history: Sequence[WeekStatistics], bundle: Bundle, part: Part, seed: int) -> Bundle:
    """What would have been learned from the same weeks without the part.

    Rules and other statistics have scales of their own, which do not change when another goes.
    """
    until, sizes = str(bundle.parameters["until"]), Sizes.of(bundle.parameters)
    if part.kind == "attribute":
        return train([without(reading, part) for reading in history], seed, {}, until, sizes=sizes)
    if part.kind == "detector":
        return train(history, seed, {}, until, _named_by(bundle, part), sizes)
    return bundle


def _named_by(bundle: Bundle, part: Part) -> tuple[str, ...]:
    return (*bundle.detectors, *bundle.agencies.detectors) if part.name == ALL else (part.name,)


def _of_agencies(bundle: Bundle) -> Learned:
    return partial(learned_rarity, names=bundle.agencies.feature_names, detectors=bundle.agencies.detectors)


def _learned(bundle: Bundle) -> Learned:
    return partial(learned_rarity, names=bundle.feature_names, detectors=bundle.detectors)


def cases_without(
    engine: DuckDBEngine, week: Week, readings: WeekStatistics, bundle: Bundle, part: Part, capacity: int
) -> list[Case]:
    """The cases of the week that is open in the engine, without the part; `bundle` was learned without it too."""
    left = without(readings, part)
    found = find(left, bundle.tails, _learned(bundle), _of_agencies(bundle))
    if part.kind == "statistic":
        found = found[found.statistic != part.name].reset_index(drop=True)
    return cases_of_findings(*listed(engine, found, left, week, capacity), week)
