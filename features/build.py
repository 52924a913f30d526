"""Builds the tables of a week: reasons, visits, what is said of them, and how rare that is on the scale of its agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from features.catalogue import Attribute, Table, attributes, counts, explanations, kept_tables, query
from features.engines.engine import Engine, Scalar
from features.order import COUNTED, EARLIER, EXPLAINED, RULE_HITS, SURPRISALS, VALUES, build_order, parameters_of
from features.rules import LeftOut, run_rules
from features.weeks import Week

DELIVERED = {"cases": "delivered_case"}
"""Reference tables of which only what the week's requests are about is read further: what is delivered has another name."""
ATTRIBUTE = pa.schema([
    ("name", pa.string()), ("given", pa.string()), ("several", pa.bool_()), ("sums", pa.bool_()), ("identifies", pa.bool_()), ("without_reason", pa.bool_()),
])  # fmt: skip


@dataclass(frozen=True)
class WeekInputs:
    """The files that a week's tables are made from: its log, the reference tables, kept tables of earlier weeks."""

    week: Week
    log: Path
    reference: Mapping[str, Path]
    earlier: Mapping[str, Sequence[Path]]


@dataclass(frozen=True)
class Smoothing:
    """How much opinion a level lends to the one below it, in visits."""

    strength: float = 5.0
    tail_strength: float = 50.0


def build_week(engine: Engine, inputs: WeekInputs, smoothing: Smoothing) -> list[LeftOut]:
    """Make all tables of the week in the engine; returns the rules left out."""
    open_week(engine, inputs)
    given = {"week_start": inputs.week.start, "week_end": inputs.week.end, **asdict(smoothing)}
    left_out: list[LeftOut] = []
    for name in build_order():
        if name == RULE_HITS:
            left_out = run_rules(engine, str(inputs.week), _filled(engine, inputs.reference))
        elif name == EXPLAINED:
            explain(engine)
        elif name == VALUES:
            engine.table(name, values_sql(attributes()))
        elif name == SURPRISALS:
            engine.table(name, surprisals_sql(attributes()))
        elif name == COUNTED:
            _made(engine, name, counted_sql(), given)
        else:
            make(engine, name, given)
    return left_out


def make(engine: Engine, name: str, given: Mapping[str, Scalar]) -> None:
    """Make one declared table, with those of the parameters that its query asks for."""
    _made(engine, name, query("tables", name), given)


def _made(engine: Engine, name: str, sql: str, given: Mapping[str, Scalar]) -> None:
    engine.table(name, sql, {key: given[key] for key in parameters_of(sql)})


def open_week(engine: Engine, inputs: WeekInputs) -> None:
    """Name the week's log, the reference tables, the declared attributes, and what is kept of the weeks before."""
    engine.view("request", [inputs.log])
    for table, file in inputs.reference.items():
        engine.view(DELIVERED.get(table, table), [file])
    engine.given("attribute", attribute_table(attributes()))
    engine.given("ordinary_value", ordinary_values(attributes()))
    for kept in kept_tables():
        _open_earlier(engine, kept, inputs.earlier.get(kept.name, ()))


def attribute_table(declared: Sequence[Attribute]) -> pa.Table:
    """What queries ask about the attributes, one row each."""
    rows = [{"name": a.name, "given": a.given, "several": a.several, "sums": a.sums, "identifies": a.identifies,
             "without_reason": a.without_reason is not None} for a in declared]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=ATTRIBUTE)


def ordinary_values(declared: Sequence[Attribute]) -> pa.Table:
    """The values that surprise nobody, one row each."""
    rows = [{"attribute": a.name, "value": value} for a in declared for value in a.ordinary]
    return pa.Table.from_pylist(rows, schema=pa.schema([("attribute", pa.string()), ("value", pa.string())]))


def _open_earlier(engine: Engine, table: Table, files: Sequence[Path]) -> None:
    """The kept table of earlier weeks; with no earlier week an empty table of the declared columns."""
    if files:
        engine.view(EARLIER + table.name, files)
    else:
        columns = ", ".join(f"CAST(NULL AS {column.type}) AS {name}" for name, column in table.columns.items())
        engine.table(EARLIER + table.name, f"SELECT {columns} FROM request WHERE false")


def explain(engine: Engine) -> None:
    """Fill the table `explained`: the first explanation, in the declared order, that fits a request."""
    engine.table(EXPLAINED, "SELECT request_id, CAST(NULL AS STRING) AS explained_by FROM request WHERE false")
    for name in (explanation.name for explanation in explanations()):
        engine.append(
            EXPLAINED,
            f"SELECT DISTINCT x.request_id, '{name}' AS explained_by FROM ({query('explanations', name)}) x "
            f"ANTI JOIN {EXPLAINED} e ON e.request_id = x.request_id",
        )


def values_sql(declared: Sequence[Attribute]) -> str:
    """What attributes say of visits, one row a visit, attribute and value: categories, so that how unusual each one is can
    be read off counts."""
    union = _union(declared, "value", "CAST(NULL AS STRING)")
    return f"SELECT k.visit_no, w.official_no, k.attribute, k.value FROM ({union}) k JOIN visit_official w ON w.visit_no = k.visit_no"


def counted_sql() -> str:
    """How many requests of the week fall into each cell of each count, and how many of them lack a reason."""
    return "\nUNION ALL\n".join(
        f"SELECT '{c.name}' AS counted, b.agency_code, b.cell, COUNT(b.request_id) AS n, "
        f"COUNT(b.request_id) - COUNT(e.request_id) AS n_lacking FROM ({query('counts', c.name)}) b "
        f"LEFT JOIN {EXPLAINED} e ON e.request_id = b.request_id GROUP BY b.agency_code, b.cell"
        for c in counts()
    )


def surprisals_sql(declared: Sequence[Attribute]) -> str:
    """The same of attributes that say themselves how surprising a visit is, in nats."""
    return _union(declared, "surprisal", "CAST(NULL AS DOUBLE)")


def _union(declared: Sequence[Attribute], gives: str, nothing: str) -> str:
    parts = [
        f"SELECT visit_no, '{a.name}' AS attribute, {gives} FROM ({query('attributes', a.name)}) of_{a.name}"
        for a in declared if a.gives == gives
    ]  # fmt: skip
    # With no attribute of the form there is still a table.
    nobody = f"SELECT visit_no, CAST(NULL AS STRING) AS attribute, {nothing} AS {gives} FROM visit WHERE false"
    return "\nUNION ALL\n".join(parts or [nobody])


def _filled(engine: Engine, reference: Mapping[str, Path]) -> frozenset[str]:
    """The reference tables that hold rows."""
    return frozenset(
        t for t in reference if engine.arrow(f"SELECT 1 AS one FROM {DELIVERED.get(t, t)} LIMIT 1").num_rows
    )


def write_kept(engine: Engine, name: str, target: Path) -> int:
    """Write a kept table of the week that was built, in a fixed order; returns its number of rows."""
    return engine.parquet(f"SELECT * FROM {name} ORDER BY ALL NULLS LAST", target)
