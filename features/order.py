"""In which order the tables of a week are made: each after those that its query reads."""

from __future__ import annotations

import re
from functools import cache
from graphlib import CycleError, TopologicalSorter

import duckdb

from features.catalogue import attributes, counts, explanations, query, rules, tables
from features.errors import DefinitionsDisagreeError

EARLIER = "earlier_"
"""What a kept table of the weeks before is called."""
EXPLAINED, RULE_HITS, COUNTED = "explained", "rule_hits", "counted_cell"
VALUES, SURPRISALS = "visit_attribute", "visit_attribute_surprisal"
"""Tables that are put together from declarations: reasons, broken rules, what is counted of agencies, what attributes say of visits."""
_PARAMETER = re.compile(r"\$(\w+)")


@cache
def reads(sql: str) -> frozenset[str]:
    """The tables that a query reads, without those that it names itself."""
    return frozenset(_parser().get_table_names(_PARAMETER.sub("NULL", sql)))


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """DuckDB reads a query faster than anything written in Python, as long as no parameter is open in it."""
    return duckdb.connect()


def parameters_of(sql: str) -> frozenset[str]:
    """The names of the parameters that a query asks for."""
    return frozenset(_PARAMETER.findall(sql))


@cache
def build_order() -> tuple[str, ...]:
    """All tables that are made, earliest first; DefinitionsDisagreeError if some read one another in a circle."""
    needed = {table.name: reads(query("tables", table.name)) for table in tables()}
    needed |= {
        EXPLAINED: _read_by("explanations", [e.name for e in explanations()]),
        RULE_HITS: _read_by("rules", [rule.name for rule in rules()]),
        COUNTED: _read_by("counts", [count.name for count in counts()]) | {EXPLAINED},
        VALUES: _read_by("attributes", [a.name for a in attributes() if a.gives == "value"]) | {"visit_official"},
        SURPRISALS: _read_by("attributes", [a.name for a in attributes() if a.gives == "surprisal"]),
    }
    made = set(needed)
    graph = {name: (read - {name}) & made for name, read in sorted(needed.items())}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise DefinitionsDisagreeError(f"tables read one another in a circle: {' → '.join(error.args[1])}") from None


def _read_by(folder: str, names: list[str]) -> frozenset[str]:
    return frozenset().union(*(reads(query(folder, name)) for name in names))
