"""When to retrain: age, drift and the promise each say so, a broken source holds it back."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from models.bundle import Bundle, Champion
from models.drift import Drift, Drifted
from pipelines.lake import Lake
from pipelines.lake.stamps import Stamp
from pipelines.parameters import Parameters, Retrain
from pipelines.steps.retrain import Advice, advice_on_file, advise, challenger_is_due, levels, sentence, statement

WEEK = Week.parse("2026-W46")
PROMISED = [0.5 + rank for rank in range(50)]
"""A list on which every promise holds."""
TOO_MANY = [0.5 * rank for rank in range(50)] + [60.0]
TOO_FEW = [9.0, 30.0, 60.0]


def judge(until: str = "2026-W40") -> Champion:
    return Champion("shirabe/1@a", Bundle((), {}, {}, {"until": until}, {}, "a"))


def drift(*causes: str) -> Drift:
    return Drift(
        str(WEEK), (), True, tuple(Drifted("town", "count:all", 1.0, 0.0, 0.0, True, cause) for cause in causes)
    )


def scored(lake: Lake, expected: list[float], weeks: int, version: str = "shirabe/1@a") -> None:
    for back in range(1, weeks + 1):
        file = lake.cases(WEEK.shift(-back))
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"expected_equals": expected, "model_version": [version] * len(expected)}), file)


def advice(lake: Lake, expected: list[float] = PROMISED, until: str = "2026-W40", found: Drift | None = None) -> Advice:
    return advise(lake, WEEK, judge(until), found or drift(), expected, Retrain())


def test_age_is_a_reason(tmp_path: Path) -> None:
    assert (advice(Lake(tmp_path)).age_weeks, advice(Lake(tmp_path)).reasons) == (7, ())
    old = advice(Lake(tmp_path), until="2026-W34")
    assert (old.age_weeks, old.reasons, old.advised) == (13, ("age",), True)


@pytest.mark.parametrize("cause", ["new_platform", "new_procedure", "behaviour"])
def test_drift_is_a_reason(tmp_path: Path, cause: str) -> None:
    assert advice(Lake(tmp_path), found=drift(cause)).reasons == ("drift",)


def test_a_broken_source_is_mended_first(tmp_path: Path) -> None:
    found = advice(Lake(tmp_path), until="2026-W20", found=drift("broken_source"))
    assert not found.advised
    assert "mend it before" in sentence(found).en


@pytest.mark.parametrize("expected", [TOO_MANY, TOO_FEW])
def test_a_promise_that_does_not_hold_is_a_reason(tmp_path: Path, expected: list[float]) -> None:
    lake = Lake(tmp_path)
    scored(lake, expected, 5)
    found = advice(lake, expected)
    assert found.reasons == ("expectation",)
    assert found.judged is not None and found.judged.weeks == 6 and not found.judged.holds


def test_misuse_that_was_found_does_not_count_against_the_model(tmp_path: Path) -> None:
    lake, misuse = Lake(tmp_path), [0.01, 0.02, 0.1, *(0.5 * n for n in range(15))]
    scored(lake, misuse + PROMISED, 5)
    found = advice(lake, misuse + PROMISED)
    assert found.reasons == ()
    assert not found.levels[-2].holds, "many more than ten are told, and not held against the model"


def test_lists_that_are_too_short_to_judge_are_told_so(tmp_path: Path) -> None:
    lake, short = Lake(tmp_path), [0.5 + rank for rank in range(12)]
    scored(lake, short, 5)
    assert advice(lake, short).judged is None
    assert "do not go far enough" in sentence(advice(lake, short)).en


def test_a_promise_that_holds_is_told_in_numbers(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    scored(lake, PROMISED, 5)
    found = advice(lake)
    assert not found.advised
    assert found.judged is not None and found.judged.level == 20
    assert (
        "Between 10 and 20 expected cases a week, below where misuse is looked for, 60 were found over 6 weeks where 60 were promised; 6 of"
        in (sentence(found).en)
    )


def test_lists_of_another_model_do_not_count(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    scored(lake, TOO_MANY, 5, "shirabe/2@b")
    assert advice(lake).reasons == ()
    assert [level.weeks for level in advice(lake).levels] == [1] * 5


def test_a_level_counts_only_where_every_list_reaches_it() -> None:
    assert [level.level for level in levels([PROMISED, [0.5, 6.0]])] == [1, 2, 5]
    assert levels([]) == ()


def test_advice_stands_in_the_coverage_statement(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert advice_on_file(lake, WEEK) == {}
    lake.coverage(WEEK).parent.mkdir(parents=True)
    said = statement(advice(lake, until="2026-W20"))
    lake.coverage(WEEK).write_text(json.dumps({"retrain": said}), encoding="utf-8")
    assert advice_on_file(lake, WEEK)["advised"] and "shirabe train" in advice_on_file(lake, WEEK)["text_ja"]


def test_a_waiting_challenger_is_not_trained_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert challenger_is_due(lake, WEEK, None)
    Stamp({}, {"version": "shirabe/2@b"}).write(lake, lake.stamp("train", WEEK.shift(-1)))
    assert not challenger_is_due(lake, WEEK, "shirabe/2@b")
    assert challenger_is_due(lake, WEEK.shift(4), "shirabe/2@b")


def test_by_default_nothing_is_trained_by_itself() -> None:
    assert not Parameters().retrain.by_itself
