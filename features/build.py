"""Builds the facts of a week: explanations, visits, and how strange each visit is on the scale of its agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.catalogue import explanations
from features.engines.engine import Engine
from features.rules import LeftOut, run_rules
from features.weeks import Week

FACTS = Path(__file__).parent / "facts"
EXPLANATIONS = Path(__file__).parent / "explanations"


@dataclass(frozen=True)
class Fact:
    """A table of a week that is kept, and how many earlier weeks of it a new week reads.

    A `running` one holds what the weeks before held as well: of it only the newest is read.
    """

    name: str
    look_back: int
    running: bool = False


KEPT = (
    Fact("contact", 8),
    Fact("visit", 8),
    Fact("habit", 26, running=True),
    Fact("custom", 26, running=True),
    Fact("tally_provider", 26),
    Fact("surprise_histogram", 8),
    Fact("strangeness_histogram", 8),
    Fact("exceedance", 26),
    Fact("user_week", 26),
    Fact("agency_week", 26),
    Fact("provider_week", 26),
    Fact("batch_run", 26),
    Fact("visit_request", 8),
    Fact("rule_hits", 8),
)


@dataclass(frozen=True)
class WeekInputs:
    """The files that a week's facts are made from: its log, the reference tables, kept facts of earlier weeks."""

    week: Week
    log: Path
    reference: Mapping[str, Path]
    earlier: Mapping[str, Sequence[Path]]


@dataclass(frozen=True)
class Smoothing:
    """How much opinion a level lends to the one below it, in visits."""

    strength: float = 5.0
    tail_strength: float = 50.0


def sql(name: str) -> str:
    """The text of a fact's query."""
    return (FACTS / f"{name}.sql").read_text(encoding="utf-8")


def open_week(engine: Engine, inputs: WeekInputs) -> None:
    """Name the week's log and the reference tables as views."""
    engine.view("request", [inputs.log])
    for table, file in inputs.reference.items():
        engine.view("delivered_case" if table == "cases" else table, [file])
    if "cases" in inputs.reference:
        engine.table("cases", sql("cases"))
    engine.table("agency_now", sql("agency_now"), {"week_start": inputs.week.start, "week_end": inputs.week.end})


def _earlier(engine: Engine, view: str, fact: str, files: Sequence[Path], like: str) -> None:
    """The kept fact of earlier weeks; with no earlier week an empty table of the same columns."""
    if files:
        engine.view(view, files)
    else:
        engine.table(view, f"SELECT * FROM ({like}) AS empty WHERE false")


def explain(engine: Engine, contact_files: Sequence[Path]) -> None:
    """Fill the table `explained`: the first explanation, in the declared order, that fits a request."""
    engine.table("explained", "SELECT request_id, CAST(NULL AS STRING) AS explained_by FROM request WHERE false")
    _earlier(engine, "contact", "contact", contact_files, sql("contact"))
    for name in (explanation.name for explanation in explanations()):
        query = (EXPLANATIONS / f"{name}.sql").read_text(encoding="utf-8")
        engine.append(
            "explained",
            f"SELECT DISTINCT x.request_id, '{name}' AS explained_by FROM ({query}) x "
            "ANTI JOIN explained e ON e.request_id = x.request_id",
        )


def build_week(engine: Engine, inputs: WeekInputs, smoothing: Smoothing) -> list[LeftOut]:
    """Make all tables of the week in the engine; `KEPT` names those to be written. Returns the rules left out."""
    open_week(engine, inputs)
    left_out = run_rules(engine, str(inputs.week), _filled(engine, inputs.reference))
    explain(engine, inputs.earlier.get("contact", ()))
    for name in ("rule_hit_kept", "look_up", "official", "visit", "visit_official", "look_up_visit"):
        engine.table(name, sql(name))
    _earlier(engine, "earlier_visit", "visit", inputs.earlier.get("visit", ()), "SELECT * FROM visit")
    for name in ("acquaintance", "standing", "company", "pretext", "mark", "tally", "tally_provider"):
        engine.table(name, sql(name))
    nothing = {
        "habit": "SELECT * FROM tally",
        "custom": "SELECT * FROM tally",
        "tally_provider": "SELECT * FROM tally_provider",
    }
    for name, like in nothing.items():
        _earlier(engine, f"earlier_{name}", name, inputs.earlier.get(name, ()), like)
    strength = {"strength": smoothing.strength}
    engine.table("surprise", sql("surprise"), strength)
    engine.table("provider_surprise", sql("provider_surprise"), strength)
    for name in ("surprise_given", "hand", "visit_surprise", "habit", "custom"):
        engine.table(name, sql(name))
    engine.table("surprise_histogram", sql("surprise_histogram"))
    _earlier(
        engine,
        "earlier_surprise_histogram",
        "surprise_histogram",
        inputs.earlier.get("surprise_histogram", ()),
        "SELECT * FROM surprise_histogram",
    )
    engine.table("surprise_tail", sql("surprise_tail"), {"tail_strength": smoothing.tail_strength})
    engine.table("visit_strangeness", sql("visit_strangeness"))
    engine.table("strangeness_histogram", sql("strangeness_histogram"))
    _earlier(
        engine,
        "earlier_strangeness_histogram",
        "strangeness_histogram",
        inputs.earlier.get("strangeness_histogram", ()),
        "SELECT * FROM strangeness_histogram",
    )
    engine.table("strangeness_tail", sql("strangeness_tail"), {"tail_strength": smoothing.tail_strength})
    monday = {"week_start": inputs.week.start}
    engine.table("visit_kept", sql("visit_kept"), monday)
    for name in ("mark_level", "step"):
        engine.table(name, sql(name))
    for name in ("exceedance", "user_week", "agency_week", "provider_week", "batch_run", "visit_request"):
        engine.table(name, sql(name), monday)
    return left_out


def _filled(engine: Engine, reference: Mapping[str, Path]) -> frozenset[str]:
    """The reference tables that hold rows."""
    return frozenset(t for t in reference if engine.arrow(f"SELECT 1 AS one FROM {t} LIMIT 1").num_rows)


def write_kept(engine: Engine, name: str, target: Path) -> int:
    """Write one of the `KEPT` facts of the week that was built, in a fixed order; returns its number of rows."""
    source = {"contact": f"({sql('contact')})", "visit": "visit_kept", "rule_hits": "rule_hit_kept"}.get(name, name)
    return engine.parquet(f"SELECT * FROM {source} ORDER BY ALL NULLS LAST", target)
