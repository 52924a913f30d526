"""The linter of the SQL that two engines run unchanged: what must not stand in it, and what to write instead.

`python -m features.engines.portable [FILE …]` checks the files (default: all portable SQL) and ends with 11 if one
has a fault; a column that none of the tables has that a query reads is one too. The subset is what was found to give the same on DuckDB 2 and Spark 4; parity tests are the proof.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from features.engines.declared import portable_files
from features.engines.functions import FUNCTIONS, INSTEAD
from features.engines.known import unknown_columns
from features.errors import DefinitionsDisagreeError

_NO_CALL = frozenset(
    [
        "AND",
        "AS",
        "BY",
        "CASE",
        "DECIMAL",
        "DISTINCT",
        "ELSE",
        "EXISTS",
        "EXCEPT",
        "FILTER",
        "FROM",
        "GROUP",
        "HAVING",
        "IN",
        "INTERSECT",
        "JOIN",
        "LIKE",
        "NOT",
        "ON",
        "OR",
        "OVER",
        "SELECT",
        "THEN",
        "UNION",
        "ALL",
        "USING",
        "VALUES",
        "WHEN",
        "WHERE",
        "WITH",
        "BETWEEN",
    ]
)
_TYPES = frozenset({
    exp.DataType.Type.DOUBLE, exp.DataType.Type.BIGINT, exp.DataType.Type.INT, exp.DataType.Type.DATE,
    exp.DataType.Type.TEXT, exp.DataType.Type.DECIMAL, exp.DataType.Type.BOOLEAN, exp.DataType.Type.TIMESTAMP,
})  # fmt: skip
_WHOLE = frozenset({exp.DataType.Type.BIGINT, exp.DataType.Type.INT})


class _NullsSmall(DuckDB):
    """DuckDB's SQL read as if nulls were smallest, so that an order without NULLS FIRST or LAST can be told."""

    NULL_ORDERING = "nulls_are_small"


class _NullsLarge(DuckDB):
    """The same with nulls greatest."""

    NULL_ORDERING = "nulls_are_large"


@dataclass(frozen=True, order=True)
class Fault:
    """A construct outside the portable subset: the line (from 1), what stands there, what to write instead."""

    line: int
    found: str
    instead: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.found}; write {self.instead}"


@dataclass(frozen=True)
class _Found:
    """The same by its place in the text (from 0): the parser's own count of lines is not to be trusted."""

    place: int
    found: str
    instead: str

    def on_line(self, text: str) -> Fault:
        return Fault(text.count("\n", 0, self.place) + 1, self.found, self.instead)


def faults(text: str) -> list[Fault]:
    """Every construct of one query that the engines might not run, or might understand differently."""
    try:
        tokens = DuckDB().tokenize(text)
        small, large = (sqlglot.parse(text, dialect=dialect) for dialect in (_NullsSmall, _NullsLarge))
    except SqlglotError as error:
        return [Fault(1, f"it cannot be parsed ({str(error).splitlines()[0]})", "one SELECT")]
    queries = [query for query in small if query is not None]
    if len(queries) != 1 or not isinstance(queries[0], exp.Query):
        return [Fault(1, "it is not one query", "one SELECT: tables are made and filled by the engine")]
    found = [*_of_tokens(tokens), *_unsaid_nulls(small[0], large[0])]
    for check in _CHECKS:
        found += check(queries[0])
    return sorted({each.on_line(text) for each in found})


def check_files(files: Sequence[Path]) -> None:
    """DefinitionsDisagreeError that lists every fault of every file, columns that no table has among them; nothing if there
    is none."""
    texts = {file: file.read_text("utf-8") for file in files}
    found = [
        f"{file.parent.name}/{file.name}, {fault}"
        for file, text in texts.items()
        for fault in (*faults(text), *_unknown(text))
    ]
    if found:
        raise DefinitionsDisagreeError("\n".join(["SQL outside the portable subset; mend these:", *found]))


def _unknown(text: str) -> Iterator[Fault]:
    for line, column in unknown_columns(text):
        yield Fault(
            line, f"the column {column}, which no table that it reads has", "one that log contract or table declares"
        )


def _of_tokens(tokens: Sequence[Token]) -> Iterator[_Found]:
    """What the tree no longer shows: how a number, a type or a function was spelled."""
    for before, token, after in zip([None, *tokens[:-1]], tokens, [*tokens[1:], None], strict=True):
        text = token.text.upper()
        if token.token_type == TokenType.NUMBER and "." in text and "E" not in text:
            yield _Found(
                token.start, f"the number {text}, a decimal on both engines, of different width", "10e-1 for 1.0"
            )
        elif text in {"VARCHAR", "TEXT", "CHAR"} and before is not None and before.text.upper() in {"AS", "::"}:
            yield _Found(token.start, f"the type {text}, which Spark wants a length for", "STRING")
        elif after is not None and after.token_type == TokenType.L_PAREN and _may_be_call(token):
            yield from _call(token, text)


def _may_be_call(token: Token) -> bool:
    named = token.token_type not in {TokenType.STRING, TokenType.NUMBER}
    return named and re.fullmatch(r"\w+", token.text) is not None and token.text.upper() not in _NO_CALL


def _call(token: Token, name: str) -> Iterator[_Found]:
    if name not in FUNCTIONS:
        known = "one of " + ", ".join(sorted(FUNCTIONS)) + ", or add it to them with a parity test"
        yield _Found(token.start, f"the function {name}, which was not compared", INSTEAD.get(name, known))


def _unsaid_nulls(small: exp.Expr | None, large: exp.Expr | None) -> Iterator[_Found]:
    if small is None or large is None:
        return
    pairs = zip(small.find_all(exp.Ordered), large.find_all(exp.Ordered), strict=True)
    for one, other in pairs:
        if one.find_ancestor(exp.WithinGroup):
            continue
        if isinstance(one.this, exp.Var):
            yield _Found(_place(one), "ORDER BY ALL", "the columns, each with NULLS LAST")
        elif (
            one.find_ancestor(exp.AggFunc, exp.Select)
            and isinstance(one.parent_select, exp.Select)
            and _in_aggregate(one)
        ):
            yield _Found(_place(one), "an ORDER BY within an aggregate", "ARRAY_SORT(ARRAY_AGG(x))")
        elif one.args.get("nulls_first") != other.args.get("nulls_first"):
            yield _Found(
                _place(one), f"ORDER BY {one.this.sql()} without place for nulls", f"{one.this.sql()} NULLS LAST"
            )


def _in_aggregate(ordered: exp.Expr) -> bool:
    return isinstance(ordered.find_ancestor(exp.AggFunc, exp.Window, exp.Select), exp.AggFunc)


def _shape(query: exp.Expr) -> Iterator[_Found]:
    """Clauses that only one engine has, or that leave something unsaid."""
    for node in query.walk():
        if isinstance(node, exp.Qualify):
            yield _Found(_place(node), "QUALIFY", "the window function in a subquery, and WHERE around it")
        elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            yield _Found(_place(node), "SELECT *", "the names of the columns")
        elif isinstance(node, exp.Distinct) and node.args.get("on"):
            yield _Found(_place(node), "DISTINCT ON", "ROW_NUMBER() in a subquery, and WHERE place = 1")
        elif isinstance(node, exp.Group) and node.args.get("all"):
            yield _Found(_place(node), "GROUP BY ALL", "the names of the columns")
        elif isinstance(node, exp.In) and node.args.get("query"):
            yield _Found(_place(node), "IN (SELECT …)", "SEMI JOIN or ANTI JOIN: NOT IN with a null holds for no row")
        elif isinstance(node, exp.Identifier) and node.args.get("quoted"):
            yield _Found(_place(node), f'the quoted name "{node.name}", a string for Spark', "a plain name")
        elif isinstance(node, exp.Join) and node.method:
            yield _Found(_place(node), f"{node.method} JOIN", "JOIN … ON with every condition")


def _expressions(query: exp.Expr) -> Iterator[_Found]:
    """Operators and types that give other values on another engine."""
    for node in query.walk():
        if isinstance(node, exp.IntDiv):
            yield _Found(_place(node), "whole division //", "CAST(FLOOR(CAST(a AS DOUBLE) / NULLIF(b, 0)) AS DOUBLE)")
        elif isinstance(node, exp.TryCast):
            yield _Found(_place(node), "TRY_CAST", "CAST of a value that ingest has checked")
        elif isinstance(node, exp.Bracket | exp.Array | exp.Struct | exp.Map | exp.Lambda):
            yield _Found(_place(node), "a list, struct, map or lambda", "plain columns; lists only by ARRAY_AGG")
        elif isinstance(node, exp.ILike | exp.RegexpLike | exp.SimilarTo | exp.Glob):
            yield _Found(_place(node), "a pattern", "= or LIKE on LOWER(x)")
        elif isinstance(node, exp.Extract) and node.name.upper() != "HOUR":
            yield _Found(_place(node), f"EXTRACT({node.name.upper()} …)", "a join with the calendar table")
        elif isinstance(node, exp.Floor) and not _cast_to_double(node):
            yield _Found(_place(node), "FLOOR, whole on Spark and a fraction on DuckDB", "CAST(FLOOR(x) AS DOUBLE)")


def _casts(query: exp.Expr) -> Iterator[_Found]:
    for cast in query.find_all(exp.Cast):
        kind = cast.to.this
        if kind not in _TYPES:
            yield _Found(_place(cast), f"a cast to {cast.to.sql()}", "DOUBLE, BIGINT, DATE, STRING or DECIMAL(p, s)")
        elif kind in _WHOLE and _may_be_fraction(cast.this):
            yield _Found(
                _place(cast), "a cast of a fraction to a whole number, rounded or cut", "CAST(FLOOR(x) AS DOUBLE)"
            )


def _may_be_fraction(value: exp.Expr) -> bool:
    fractions = (exp.Div, exp.Floor, exp.Ln, exp.Exp, exp.Sqrt, exp.PercentileCont)
    casts = (cast.to.this for cast in value.find_all(exp.Cast))
    numbers = (number.name.lower() for number in value.find_all(exp.Literal) if not number.is_string)
    return (
        value.find(*fractions) is not None
        or exp.DataType.Type.DOUBLE in casts
        or any("e" in number for number in numbers)
    )


def _cast_to_double(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Cast) and node.parent.to.this == exp.DataType.Type.DOUBLE


def _divisors(query: exp.Expr) -> Iterator[_Found]:
    for division in query.find_all(exp.Div):
        if not _never_zero(division.expression):
            yield _Found(
                _place(division), "a divisor that may be 0: infinite on DuckDB, an error on Spark", "a / NULLIF(b, 0)"
            )


def _never_zero(divisor: exp.Expr) -> bool:
    """NULLIF, a number, or a sum with a parameter or a number, which additive smoothing keeps above zero."""
    plain = divisor.unnest()
    if isinstance(plain, exp.Add):
        return _never_zero(plain.this) or _never_zero(plain.expression)
    if isinstance(plain, exp.Mul):
        return _never_zero(plain.this) and _never_zero(plain.expression)
    return isinstance(plain, exp.Nullif | exp.Placeholder | exp.Parameter | exp.Literal)


def _distinct_counts(query: exp.Expr) -> Iterator[_Found]:
    for select in query.find_all(exp.Select):
        counts = [
            c for c in select.find_all(exp.Count) if isinstance(c.this, exp.Distinct) and c.parent_select is select
        ]
        if len({count.sql() for count in counts}) > 1:
            instead = "two steps (group by the columns first), or one subquery each: Spark copies every row for each"
            yield _Found(_place(counts[0]), "several COUNT(DISTINCT …) in one SELECT", instead)


def _names(query: exp.Expr) -> Iterator[_Found]:
    for column in query.selects if isinstance(query, exp.Query) else []:
        if not isinstance(column, exp.Alias | exp.Column | exp.Star):
            yield _Found(
                _place(column),
                f"a column without a name ({column.sql()[:40]})",
                "… AS name: engines invent different ones",
            )


_CHECKS: tuple[Callable[[exp.Expr], Iterator[_Found]], ...] = (
    _shape,
    _expressions,
    _casts,
    _divisors,
    _distinct_counts,
    _names,
)


def _place(node: exp.Expr) -> int:
    """Where the text of a node begins, as far as the parser remembers: its parts', else that of what it is in."""
    around: exp.Expr | None = node
    while around is not None:
        places = [int(part.meta["start"]) for part in around.walk() if "start" in part.meta]
        if places:
            return min(places)
        around = around.parent
    return 0


def main(arguments: Sequence[str]) -> int:
    """Check the named files, or all; prints the faults and returns an exit code."""
    files = [Path(argument) for argument in arguments] or portable_files()
    try:
        check_files(files)
    except DefinitionsDisagreeError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{len(files)} files are portable\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
