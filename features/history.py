"""The week beside the weeks before it: kept facts as views, the latest of them the week itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from features.engines.engine import Engine
from features.weeks import Week

STATISTICS = Path(__file__).parent / "statistics"
READ = ("visit", "visit_request", "exceedance", "user_week", "agency_week", "provider_week", "batch_run", "rule_hits")


def open_history(engine: Engine, facts: Mapping[str, Sequence[Path]], agencies: Path, week: Week) -> None:
    """Name the kept facts of a week and the weeks before as `recent_NAME`, and the agencies as they are in the week."""
    for name in READ:
        engine.view(f"recent_{name}", list(facts[name]))
    engine.view("agencies", [agencies])
    text = (Path(__file__).parent / "facts" / "agency_now.sql").read_text(encoding="utf-8")
    engine.table("agency_now", text, {"week_start": week.start, "week_end": week.end})


def statistic_sql(name: str) -> str:
    """The text of a statistic's query."""
    return (STATISTICS / f"{name}.sql").read_text(encoding="utf-8")
