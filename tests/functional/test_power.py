"""What a list would have held: planted misuse looks like the log, leaves no trace in the lake, and the page says what was found."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from markupsafe import escape

from features.weeks import Week
from models.evaluation.power import CAPACITIES, LEVELS, scenarios
from models.evaluation.power.planting import Round, sow
from models.evaluation.power.table import SCHEMA, Rate, read
from pipelines.cli import run
from pipelines.ingest.loading import load
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps.inputs import power_result
from pipelines.steps.power import _ground
from pipelines.steps.training import registry
from reports.power import leading, sentence, told
from tests.functional.conftest import Reported
from tests.functional.contract_tables import columns_of, same_type
from tests.functional.test_cards import section

WEEK = Week.parse("2026-W46")
FREE = {"request_id", "requested_at", "responded_at"}
"""Columns whose values are made: all others hold what the log holds."""
Output = pytest.CaptureFixture[str]


def bytes_of(lake: Lake) -> dict[str, str]:
    """A hash of every file of the lake, but MLflow's, where shares are written, the model's card and the command's own result."""
    files = (file for file in lake.root.rglob("*") if file.is_file())
    named = {str(file.relative_to(lake.root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    apart = {name for name in named if name.startswith(("mlflow.db", "evaluation/")) or name.endswith("/card.html")}
    return {name: digest for name, digest in named.items() if name not in apart}


@pytest.fixture(scope="module")
def lake(reported: Reported, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The hand-written delivery after `shirabe weekly`, for these tests alone."""
    return reported.copy_to(tmp_path_factory.mktemp("power")).lake


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The committed sample, loaded: what is planted depends on the log alone."""
    lake = Lake(tmp_path_factory.mktemp("sample"))
    load(Path(__file__).parents[2] / "data_samples" / "sample", lake, None, Parameters().ingest)
    return lake


@pytest.fixture(scope="module")
def planted(sample: Lake) -> Round:
    """A round of everything on it."""
    lake = sample
    with _ground(lake, WEEK, Parameters()) as ground:
        rows = pq.read_metadata(lake.log(WEEK)).num_rows
        return sow(ground, scenarios(), frozenset(), rows, np.random.default_rng(1))


@pytest.fixture(scope="module")
def measured(lake: Lake) -> tuple[Lake, dict[str, str], dict[str, str]]:
    """The lake after `shirabe power`, and the hashes of its files before and after."""
    before = bytes_of(lake)
    assert run(["power", "--lake", str(lake.root), "--week", str(WEEK), "--rounds", "1"]) == 0
    return lake, before, bytes_of(lake)


def test_the_card_of_the_model_has_the_table(measured: tuple[Lake, dict[str, str], dict[str, str]]) -> None:
    lake, _, _ = measured
    card = lake.card(str(registry(lake).champion_version())).read_text(encoding="utf-8")
    part = section(card, "power")
    assert f"{WEEK}の一覧についての測定。" in part and f"Measured for the list of {WEEK}." in part
    labels = {kind.name: kind.label for kind in scenarios()}
    rows = [row for row in read(lake.power(WEEK)) if row.planted]
    assert rows
    for row in rows:
        listed = [r for r in rows if (r.kind, r.level) == (row.kind, row.level)]
        shares = "".join(rf'<td class="n">{100 * (r.share or 0.0):.0f}%</td>' for r in listed)
        told = (
            rf'{escape(labels[row.kind].ja)}.*{escape(labels[row.kind].en)}.*<td class="n">{row.planted}</td>{shares}'
        )
        assert re.search(told, part), told


def test_several_kinds_are_planted(planted: Round) -> None:
    kinds = {sown.scenario for sown in planted.sown}
    assert {"without_reason", "borrowed_account", "half_silence"} <= kinds
    assert len(kinds) > len(scenarios()) // 2, "a small log has room for most of them in one round"
    assert {sown.level for sown in planted.sown} == set(LEVELS)
    assert all(sown.event.requests or sown.scenario == "half_silence" for sown in planted.sown)


def test_no_form_betrays_planted_rows(sample: Lake, planted: Round) -> None:
    lake = sample
    log = pq.ParquetFile(lake.log(WEEK)).read()
    known = pq.read_table([lake.log(week) for week in lake.weeks()], partitioning=None)
    assert planted.added.schema.equals(log.schema)
    for name in set(log.column_names) - FREE:
        assert set(planted.added[name].to_pylist()) <= set(known[name].to_pylist()), name
    times = planted.added["requested_at"].to_pylist()
    assert all(WEEK.start <= at < WEEK.end for at in times)
    answered = zip(times, planted.added["responded_at"].to_pylist(), strict=True)
    assert all(answer is None or answer >= at for at, answer in answered)


def test_planted_ids_are_new_and_of_the_logs_form(sample: Lake, planted: Round) -> None:
    lake = sample
    log = pq.ParquetFile(lake.log(WEEK)).read()["request_id"].to_pylist()
    made = planted.added["request_id"].to_pylist()
    assert len(made) == len(set(made))
    assert not (set(made) - planted.removed) & set(log)
    assert planted.removed <= set(log)
    lengths = {len(i) for i in log}
    signs = [{i[at] for i in log if len(i) > at} for at in range(max(lengths))]
    assert all(len(i) in lengths and all(sign in signs[at] for at, sign in enumerate(i)) for i in made)


def test_the_changed_log_is_the_log_with_what_was_planted(sample: Lake, planted: Round, tmp_path: Path) -> None:
    lake = sample
    with _ground(lake, WEEK, Parameters()) as ground:
        rows = planted.write(ground.engine, tmp_path / "log.parquet")
    before, after = pq.ParquetFile(lake.log(WEEK)), pq.ParquetFile(tmp_path / "log.parquet")
    assert after.schema_arrow.equals(before.schema_arrow)
    assert rows == before.metadata.num_rows - len(planted.removed) + planted.added.num_rows


def test_places_are_far_apart(planted: Round) -> None:
    places = [sown.place for sown in planted.sown]
    assert len(places) == len(set(places))
    whole = {place.agency for place in places if place.official is None}
    assert not whole & {place.agency for place in places if place.official is not None}


def test_the_lake_is_as_before_apart_from_the_result(measured: tuple[Lake, dict[str, str], dict[str, str]]) -> None:
    lake, before, after = measured
    assert before == after
    assert [file.name for file in (lake.root / "evaluation").rglob("*.parquet")] == [f"week={WEEK}.parquet"]


def test_the_result_is_as_the_contract_says(measured: tuple[Lake, dict[str, str], dict[str, str]]) -> None:
    table = pq.read_table(measured[0].power(WEEK), partitioning=None)
    promised = columns_of("evaluation")
    assert list(promised) == SCHEMA.names
    assert all(same_type(table.schema.field(name).type, kind) for name, kind in promised.items())
    rows = read(measured[0].power(WEEK))
    assert len(rows) == len(scenarios()) * len(LEVELS) * len(CAPACITIES)
    able = [row for row in rows if row.share is not None and row.low is not None and row.high is not None]
    assert able
    assert all(row.low <= row.share <= row.high for row in able)  # type: ignore[operator]
    assert all(row.share == row.listed / row.planted for row in able)


def test_the_same_seed_finds_the_same(measured: tuple[Lake, dict[str, str], dict[str, str]], capsys: Output) -> None:
    lake, *_ = measured
    first = lake.power(WEEK).read_bytes()
    assert run(["power", "--lake", str(lake.root), "--week", str(WEEK), "--rounds", "1", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert lake.power(WEEK).read_bytes() == first
    assert [Rate(**row | {"lacks": tuple(row["lacks"])}) for row in printed["rows"]] == read(lake.power(WEEK))


def test_a_page_tells_no_share_of_a_handful() -> None:
    kind = scenarios()[0].name
    row = Rate("2026-W46", "m", kind, "plain", 10, 50, 3, 2, 2 / 3, 0.2, 0.9)
    assert leading([row]) is None
    enough = replace(row, planted=20, listed=12, share=0.6)
    assert leading([row, enough]) == enough
    text = sentence(enough)
    assert "今週、1人の職員が理由のない照会を10人分行っていたとすれば、約6割がこの一覧に載ったと見込まれます" in text.ja
    assert "about six in ten of such cases" in text.en


def test_the_page_says_what_the_table_says(measured: tuple[Lake, dict[str, str], dict[str, str]]) -> None:
    lake, *_ = measured
    assert run(["report", "--lake", str(lake.root), "--week", str(WEEK)]) == 0
    page = (lake.report(WEEK, 2) / "report.html").read_text(encoding="utf-8")
    result = power_result(lake, WEEK)
    assert result == lake.power(WEEK)
    table = told(result, str(WEEK))
    assert escape(table.sentence.ja) in page
    assert escape(table.sentence.en) in page
    assert table.lines
    row = next(r for r in read(lake.power(WEEK)) if r.planted and r.capacity == 50)
    assert table.lines[0].shares[-1] == f"{100 * (row.share or 0):.0f}%"
    assert table.lines[0].planted == row.planted
    assert "見落としの程度の測定結果" in page


def test_without_a_result_the_page_names_the_command(lake: Lake) -> None:
    page = (lake.report(WEEK, 1) / "report.html").read_text(encoding="utf-8")
    assert f"shirabe power --week {WEEK}" in page


def test_shares_stand_beside_the_model(measured: tuple[Lake, dict[str, str], dict[str, str]]) -> None:
    import sqlite3

    with sqlite3.connect(measured[0].root / "mlflow.db") as store:
        found = dict(store.execute("SELECT key, value FROM metrics WHERE key LIKE 'power.%'").fetchall())
    rows = [row for row in read(measured[0].power(WEEK)) if row.capacity == 50 and row.planted]
    assert found["power.at_50"] == pytest.approx(sum(r.listed for r in rows) / sum(r.planted for r in rows))


def test_a_week_that_is_not_scored_is_refused(lake: Lake, capsys: Output) -> None:
    assert run(["power", "--lake", str(lake.root), "--week", str(WEEK.shift(-3))]) == 1
    assert "shirabe score" in capsys.readouterr().err


def test_a_lake_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert run(["power", "--lake", str(tmp_path / "none"), "--week", str(WEEK)]) == 17
