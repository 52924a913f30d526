"""The card of a model: what it is made of, what was measured, what it cannot see, and what it must not be used for.

After Mitchell et al., Model Cards for Model Reporting (2019): figures by stratum with intervals, and "not measured" where
nobody has measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from features.catalogue import Bilingual
from reports.page import standalone
from reports.power import Told
from reports.statement import Unseen

KINDS = {
    "ministry": "国の機関", "prefecture": "都道府県", "designated_city": "指定都市", "city": "市", "ward": "特別区", "town": "町",
    "village": "村", "insurer": "医療保険者", "pension": "年金関係機関", "other": "その他", "unlisted": "機関表にない機関",
}  # fmt: skip
SIZES = {0: "職員の記録なし", 1: "1～9名", 10: "10～49名", 50: "50～199名", 200: "200名以上"}
_SIZES_EN = {0: "no official named", 1: "1-9 officials", 10: "10-49 officials", 50: "50-199 officials", 200: "200 or more officials"}  # fmt: skip


@dataclass(frozen=True)
class Stratum:
    """Cases of a kind or size of agency over all weeks that the model scored. `of_agency`: about the agency itself; `short`:
    with less than a full history; `low`, `high`: exact Poisson interval of `cases` at 95 % (Garwood, 1936)."""

    by: str
    label: Bilingual
    agencies: int
    agency_weeks: int
    official_weeks: int
    cases: int
    of_agency: int
    short: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Cases for 100 weeks of an agency."""
        return 100 * self.cases / self.agency_weeks

    @property
    def of_officials(self) -> float | None:
        """Cases about others than the agency itself, for 1,000 weeks of an official; None where none is named."""
        return 1000 * (self.cases - self.of_agency) / self.official_weeks if self.official_weeks else None

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the interval of `rate`."""
        return 100 * self.low / self.agency_weeks, 100 * self.high / self.agency_weeks


@dataclass(frozen=True)
class Found:
    """Of the planted events of a kind, how many the first `capacity` cases held, with Wilson's interval at 95 %."""

    kind: str
    capacity: int
    planted: int
    found: int
    low: float
    high: float


@dataclass(frozen=True)
class Beside:
    """A comparison with another version: over how many weeks, and which share of the champion's cases both list."""

    champion: str
    other: str
    weeks: int
    overlap: float
    recall: Sequence[tuple[str, float, float]] = ()


@dataclass(frozen=True)
class Card:
    """Everything that the page tells of a version; what is None or empty was not measured."""

    version: str
    until: str
    fingerprint: str
    weeks: Sequence[Mapping[str, str]]
    learned: Sequence[Mapping[str, Any]]
    parameters: Mapping[str, str | int | float]
    detectors: Sequence[Bilingual]
    agency_detectors: Sequence[Bilingual]
    scales: int
    features: int
    scored: Sequence[str] = ()
    rates: Sequence[Stratum] = ()
    measured: Told | None = None
    power_week: str = ""
    found: Sequence[Found] = ()
    found_weeks: Sequence[str] = ()
    beside: Sequence[Beside] = ()
    unseen: Sequence[Unseen] = ()
    missed: Sequence[Bilingual] = field(default=())

    @property
    def requests(self) -> int:
        """All requests of the weeks that were learned from."""
        return sum(int(row["requests"]) for row in self.learned)


def kind_label(kind: str) -> Bilingual:
    """What a kind of agency is called."""
    return Bilingual(ja=KINDS.get(kind, kind), en=kind.replace("_", " "))


def size_label(size: int) -> Bilingual:
    """What a size of agency is called, by the least number of its officials."""
    return Bilingual(ja=SIZES[size], en=_SIZES_EN[size])


def why(rates: Sequence[Stratum], by: str) -> Bilingual:
    """Why the greatest rate of cases of an agency differs from the least, as far as the counts themselves tell."""
    own = [each for each in rates if each.by == by]
    if len(own) < 2:
        return Bilingual(ja="比べられる区分が二つありません。", en="There are no two strata to compare.")
    most, least = max(own, key=lambda s: s.rate), min(own, key=lambda s: s.rate)
    ja = f"最も多い区分は「{most.label.ja}」（100機関週当たり{most.rate:.1f}件）、最も少ない区分は「{least.label.ja}」（{least.rate:.1f}件）です。"
    en = f"Most cases for 100 agency-weeks: {most.label.en} ({most.rate:.1f}); least: {least.label.en} ({least.rate:.1f}). "
    if most.interval[0] <= least.interval[1]:
        return Bilingual(ja=ja + "95％信頼区間が重なり、差があるとはいえません。",
                         en=en + "The intervals overlap: no difference is shown.")  # fmt: skip
    if most.of_officials is None or least.of_officials is None:
        return Bilingual(ja=ja + "職員の記録がない区分を含むため、職員数によるかどうかは分かりません。",
                         en=en + "One of them names no official, so that it is not known whether their number makes it.")  # fmt: skip
    staff = [each.official_weeks / each.agency_weeks for each in (most, least)]
    ja += f"1機関週当たりの職員は{staff[0]:.1f}名対{staff[1]:.1f}名、職員1,000人週当たりでは{most.of_officials:.1f}件対{least.of_officials:.1f}件です。"
    en += (f"An agency-week has {staff[0]:.1f} officials against {staff[1]:.1f}; for 1,000 official-weeks there are "
           f"{most.of_officials:.1f} cases against {least.of_officials:.1f}. ")  # fmt: skip
    if staff[0] > staff[1] and most.of_officials <= least.of_officials:
        return Bilingual(ja=ja + "差は職員数によるもので、一人当たりでは多くありません。",
                         en=en + "The number of officials makes the difference; for each of them there are not more.")  # fmt: skip
    return Bilingual(ja=ja + "職員数だけでは説明できません。業務の内容、履歴の長さ又は実際の違いによる可能性があります。",
                     en=en + "Their number does not explain it: the work, a short history or a real difference may.")  # fmt: skip


def page(card: Card) -> str:
    """The card as one self-contained page; the same card gives the same bytes."""
    return standalone("card.html.j2", c=card, why_kind=why(card.rates, "kind"), why_size=why(card.rates, "size"))
