"""Two people under one case, and what is not found any more: by how usual it is of the procedure, the agency, the nation."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from features.engines.duckdb import DuckDBEngine
from features.weeks import Week
from models.statistics.mix_ups import agency_lost_answers, joined_case, lost_answer

WEEK = Week.parse("2026-W46")
NOW = {"monday": WEEK.monday}
BEFORE = {"monday": WEEK.shift(-1).monday}
ONE_PERSON = [("A", "JT1", 1, 300, 0, 0), ("B", "JT1", 1, 300, 0, 0)]
FAMILIES = [("A", "JT2", n, 100 // n, 1, 20) for n in (1, 2, 3, 4)]


def sizes(*rows: tuple[str, str, int, int, int, int]) -> pa.Table:
    names = ("agency_code", "procedure_code", "n_people", "n", "n_apart", "n_in_turn")
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) | BEFORE for row in rows])


def joined(user: str | None = "u1", ref: str = "C1", **values: Any) -> dict[str, Any]:
    usual = {"request_id": f"{user}{ref}", "agency_code": "A", "case_ref": ref, "procedure_code": "JT1", "requester_user": user,
             "n_people": 2, "apart": False, "in_turn": False}  # fmt: skip
    return usual | NOW | values


def of_cases(*rows: dict[str, Any]) -> pd.DataFrame:
    own = [(r["agency_code"], r["procedure_code"], r["n_people"], 1, 0, 0) for r in rows]
    schema = pa.schema([("requester_user", pa.string())])
    with DuckDBEngine() as engine:
        table = pa.Table.from_pylist(list(rows))
        place = table.schema.get_field_index("requester_user")
        engine.given(
            "recent_joined_case",
            table.set_column(place, "requester_user", table["requester_user"].cast(schema.field(0).type)),
        )
        engine.given("recent_case_size", sizes(*ONE_PERSON, *FAMILIES, *own))
        return joined_case(engine, WEEK).set_index("entity_id")


def test_a_second_person_is_a_surprise_where_cases_are_about_one() -> None:
    found = of_cases(joined(), joined("u2", "C2", procedure_code="JT2")).value
    assert found["A/u1"] > 6.0
    assert found["A/u2"] < 1.5


def test_a_large_family_is_no_surprise_but_for_the_step_that_hardly_any_takes() -> None:
    found = of_cases(joined(procedure_code="JT2", n_people=4)).iloc[0]
    assert found.value < 1.5
    assert (found.actual, found.typical) == (4, pytest.approx(400 / 208, rel=0.05))


@pytest.mark.parametrize(("trait", "least"), [("apart", 2.5), ("in_turn", 0.5)])
def test_what_is_rare_among_cases_of_several_adds_how_rare_it_is(trait: str, least: float) -> None:
    usual, found = (of_cases(joined(procedure_code="JT2", **more)).iloc[0] for more in ({}, {trait: True}))
    assert found.value > usual.value + least
    assert (usual.cell, found.cell) == ("number", trait)


def test_his_own_cases_do_not_make_him_ordinary_and_several_weigh_more() -> None:
    one = of_cases(joined()).value.iloc[0]
    many = of_cases(*(joined(ref=f"C{n}") for n in range(9)))
    assert len(many) == 1
    assert many.value.iloc[0] > one + 3.0


def test_where_nobody_is_named_the_agency_is() -> None:
    found = of_cases(joined(None))
    assert list(found.index) == ["A"]
    assert found.requester_user.iloc[0] is None


def answers(*rows: tuple[str, str | None, int, int, bool]) -> DuckDBEngine:
    engine = DuckDBEngine()
    usual = [("A", f"u{n}", 100, 1, False) for n in range(1, 6)] + [("B", "u1", 2000, 20, False)]
    table = pa.Table.from_pylist(
        [
            {"agency_code": a, "requester_user": u, "n": n, "n_lost": lost} | (NOW if now else BEFORE)
            for a, u, n, lost, now in [*usual, *rows]
        ]
    )
    engine.given("recent_repeated_answers", table)
    return engine


def test_many_lost_answers_of_an_official_stand_out_and_one_hardly() -> None:
    with answers(("A", "u1", 8, 6, True), ("A", "u2", 8, 1, True)) as engine:
        found = lost_answer(engine, WEEK).set_index("entity_id")
    assert found.value["A/u1"] > 8.0
    assert found.value["A/u2"] < 3.5
    assert found.typical["A/u1"] == pytest.approx(8 * 0.01, rel=0.6)


def test_one_who_always_has_them_is_expected_to() -> None:
    with answers(("B", "u9", 100, 50, False), ("B", "u9", 8, 4, True)) as engine:
        assert lost_answer(engine, WEEK).value.iloc[0] < 1.5


def test_lost_answers_of_several_are_the_agencys_and_those_of_one_are_not() -> None:
    with answers(*(("A", f"u{n}", 8, 3, True) for n in range(1, 6))) as engine:
        several = agency_lost_answers(engine, WEEK).set_index("entity_id")
    with answers(("A", "u1", 8, 8, True), ("A", "u2", 8, 0, True)) as engine:
        assert agency_lost_answers(engine, WEEK).empty
    assert several.value["A"] > 8.0
    assert several.actual["A"] == 15


def test_answers_without_an_official_are_the_agencys() -> None:
    with answers(("A", None, 8, 4, True)) as engine:
        assert list(lost_answer(engine, WEEK).entity_id) == ["A"]
        assert list(agency_lost_answers(engine, WEEK).entity_id) == ["A"]


def test_a_week_without_any_names_nobody() -> None:
    with answers() as engine:
        assert lost_answer(engine, WEEK).empty
        assert agency_lost_answers(engine, WEEK).empty
