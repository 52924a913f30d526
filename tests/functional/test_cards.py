"""The card of a version: what training, scoring and measuring put on it, and that MLflow and the lake have the same."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from models.evaluation import Case, Event, evaluate
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps.cards import keep_evaluation, renew
from pipelines.steps.training import registry
from reports.card import Stratum, kind_label, why
from tests.functional.conftest import Reported

Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def text(reported: Reported) -> str:
    """The champion's card after its first week."""
    return card(reported.lake).read_text(encoding="utf-8")


def card(lake: Lake) -> Path:
    return lake.card(str(registry(lake).champion_version()))


def section(text: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">.*?</section>', text, re.DOTALL)
    assert found, name
    return found[0]


def test_it_says_what_the_model_learned_from(reported: Reported, text: str) -> None:
    bundle = registry(reported.lake).champion().bundle
    data = section(text, "data")
    for week, fingerprint in bundle.data_fingerprints.items():
        rows = pq.read_metadata(reported.lake.root / f"log/week={week}/log.parquet").num_rows
        assert f'{week}</th><td class="n">{rows:,}</td><td><code>{fingerprint}<' in data
    assert f"{bundle.parameters['official_weeks']:,} official-weeks" in data
    assert '<span lang="en">city<' in data and "記録区分A" in data
    model = section(text, "model")
    assert "iforest" in model and bundle.fingerprint in model and f"seed = {bundle.parameters['seed']}" in model


def test_a_wide_table_scrolls_by_itself_and_does_not_widen_the_page(text: str) -> None:
    assert text.count("<table>") == len(re.findall(r'<div class="scroll"[^>]*><table>', text)) > 0


def test_rates_are_of_all_its_cases_with_an_interval(reported: Reported, text: str) -> None:
    cases = pq.read_metadata(reported.lake.cases(reported.week)).num_rows
    agencies = pq.read_metadata(reported.lake.scores("agency", reported.week)).num_rows
    for table in re.findall(r"<table>.*?</table>", section(text, "rates"), re.DOTALL):
        rows = [re.findall(r'<td class="n">([\d,]+)</td>', row) for row in table.split("<tr>")[2:]]
        assert sum(int(row[3]) for row in rows) == cases > 0
        assert sum(int(row[1]) for row in rows) == agencies
    assert re.search(r"\d+\.\d \(\d+\.\d–\d+\.\d\)", section(text, "rates"))


def test_what_was_not_measured_is_said_and_what_it_must_not_be_used_for(text: str) -> None:
    for name in ("power", "truth", "compare"):
        assert "測定していません" in section(text, name) and "Not measured" in section(text, name)
    assert "順位を付けないでください" in section(text, "use")
    assert "leaves no trace" in section(text, "blind")


def test_mlflow_has_the_same_and_models_names_its_place(reported: Reported, capsys: Output, tmp_path: Path) -> None:
    import mlflow

    registry(reported.lake)
    client = mlflow.MlflowClient(f"sqlite:///{reported.lake.root}/mlflow.db")
    version = client.get_model_version_by_alias("shirabe", "champion")
    place = card(reported.lake)
    assert version.tags["card"] == place.relative_to(reported.lake.root).as_posix()
    fetched = mlflow.artifacts.download_artifacts(
        run_id=version.run_id, artifact_path="card/card.html", dst_path=str(tmp_path)
    )
    assert Path(fetched).read_bytes() == place.read_bytes()
    assert run(["models", "--lake", str(reported.lake.root)]) == 0
    assert str(place) in capsys.readouterr().out


def test_nobody_is_named_and_no_place_of_the_machine(reported: Reported, text: str) -> None:
    cases = pq.ParquetFile(reported.lake.cases(reported.week)).read().to_pylist()
    assert not [user for each in cases for user in each["users"] if f">{user}<" in text]
    assert str(reported.lake.root) not in text


def test_an_evaluation_goes_on_the_card_with_its_interval(reported: Reported, tmp_path: Path) -> None:
    lake = reported.copy_to(tmp_path).lake
    champion = registry(lake).champion()
    before = card(lake).stat().st_mtime_ns
    renew(registry(lake), lake, champion, Parameters())
    assert card(lake).stat().st_mtime_ns == before, "nothing new is to be said"
    week = str(reported.week)
    who = (frozenset({"u"}), frozenset({"s"}))
    events = [Event(name, "x", False, week, frozenset({"A"}), *who, frozenset({"r"})) for name in ("a", "b")]
    found = evaluate([Case(week, 1, "A", "user", *who, ("r",))], events, [week])
    keep_evaluation(lake, champion.version, [reported.week], found)
    renew(registry(lake), lake, champion, Parameters())
    assert "100% (34–100%)" in section(card(lake).read_text(encoding="utf-8"), "truth")


def stratum(kind: str, official_weeks: int, cases: int, agency_weeks: int = 100) -> Stratum:
    return Stratum("kind", kind_label(kind), 10, agency_weeks, official_weeks, cases, 0, 0, cases * 0.8, cases * 1.25)


def test_why_rates_differ_follows_from_the_counts() -> None:
    assert "intervals overlap" in why([stratum("town", 500, 10), stratum("city", 500, 11)], "kind").en
    assert "number of officials makes" in why([stratum("town", 500, 10), stratum("city", 5000, 90)], "kind").en
    assert "does not explain it" in why([stratum("town", 500, 10), stratum("city", 500, 90)], "kind").en
    assert "not known" in why([stratum("town", 0, 10), stratum("city", 500, 90)], "kind").en
