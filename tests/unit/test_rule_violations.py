"""Broken rules: what was never broken here stands out, what is broken every week is expected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.rule_violations import WINDOW, violations

WEEK = Week.parse("2026-W46")
Row = dict[str, Any]
WHO = (("agency_code", pa.string()), ("requester_user", pa.string()))
SCHEMAS = {
    "rule_hit": pa.schema([("rule_id", pa.string()), *WHO, ("week", pa.string()), ("weighs", pa.bool_()), ("request_id", pa.string())]),
    "user_week": pa.schema([*WHO, ("monday", pa.date32())]),
    "agency_week": pa.schema([WHO[0], ("monday", pa.date32())]),
}  # fmt: skip


def hits(n: int, user: str | None = "u1", agency: str = "A", back: int = 0, **values: Any) -> list[Row]:
    """So many requests that break the rule, so many weeks ago."""
    usual = {
        "rule_id": "rule",
        "agency_code": agency,
        "requester_user": user,
        "week": str(WEEK.shift(-back)),
        "weighs": True,
    }
    return [usual | {"request_id": f"{agency}{user}{back}-{k}"} | values for k in range(n)]


def every_week(n: int, user: str | None = "u1", agency: str = "A", **values: Any) -> list[Row]:
    """So many in each of the earlier weeks."""
    return [hit for back in range(1, WINDOW) for hit in hits(n, user, agency, back, **values)]


def measured(rows: list[Row], officials: int = 20) -> pd.DataFrame:
    """`violations` at three agencies with so many officials at work in every week (none: the log names nobody)."""
    weeks = [WEEK.shift(-back).monday for back in range(WINDOW)]
    at_work = [
        {"agency_code": agency, "requester_user": f"u{n}", "monday": monday}
        for agency in "ABC" for n in range(officials) for monday in weeks
    ]  # fmt: skip
    agency_weeks = [{"agency_code": agency, "monday": monday} for agency in "ABC" for monday in weeks]
    with DuckDBEngine() as engine:
        for name, table in (("rule_hit", rows), ("user_week", at_work), ("agency_week", agency_weeks)):
            engine.given(f"recent_{name}", pa.Table.from_pylist(table, schema=SCHEMAS[name]))
        return violations(engine, WEEK)


def value(rows: list[Row], user: str | None = "u1", agency: str = "A", officials: int = 20) -> float:
    found = measured(rows, officials)
    own = found.requester_user.isna() if user is None else found.requester_user == user
    return float(found.value[own & (found.agency_code == agency)].iloc[0])


def test_the_more_the_stranger() -> None:
    values = [value(hits(n)) for n in (1, 2, 5, 50)]
    assert values == sorted(values)
    assert values[0] > 3.0


def test_what_an_official_breaks_every_week_is_expected() -> None:
    found = [measured(hits(3) + every_week(n)) for n in (0, 1, 3)]
    values, typical = ([float(f[column].iloc[0]) for f in found] for column in ("value", "typical"))
    assert values == sorted(values, reverse=True)
    assert typical == sorted(typical)
    assert values[0] > values[2] + 3.0


def test_where_colleagues_break_it_too_the_table_is_rather_out_of_date() -> None:
    colleagues = [hit for n in range(2, 12) for hit in every_week(1, f"u{n}")]
    assert value(hits(3) + colleagues) < value(hits(3)) - 1.0


def test_what_is_broken_at_other_agencies_says_less() -> None:
    here, there = ([hit for n in range(2, 12) for hit in every_week(1, f"u{n}", agency)] for agency in "AB")
    assert value(hits(3) + here) < value(hits(3) + there) < value(hits(3))


def test_another_rule_says_nothing() -> None:
    assert value(hits(3) + every_week(3, rule_id="another")) == value(hits(3))


def test_this_weeks_alone_are_named_and_those_that_weigh() -> None:
    found = measured(hits(2) + hits(5, weighs=False) + hits(1, "u2", back=1) + hits(4, "u3", weighs=False))
    assert found[["requester_user", "n"]].to_numpy().tolist() == [["u1", 2.0]]


def test_his_own_breaches_do_not_make_the_agency_careless() -> None:
    assert value(hits(40)) > value(hits(4)) + 2.0


@pytest.mark.parametrize("officials", [20, 0])
def test_files_that_nobody_signs_are_judged_by_the_agencys_own_weeks(officials: int) -> None:
    steady, sudden = (measured(hits(3, None) + earlier, officials).iloc[0] for earlier in (every_week(3, None), []))
    assert 1.0 < steady.typical < 4.0
    assert steady.value < 2.5
    assert sudden.typical < 0.1
    assert sudden.value > steady.value + 3.0


def test_in_a_log_that_names_nobody_others_breaches_do_not_excuse_an_agency() -> None:
    others = [hit for agency in "BC" for hit in every_week(1, None, agency)]
    assert value(hits(30, None) + others, None, officials=0) > 2.0


def test_values_stay_finite() -> None:
    assert np.isfinite(value(hits(3000)))
