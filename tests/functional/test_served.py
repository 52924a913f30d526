"""The champion as a standard MLflow model, and made again: on a lake whose week was reported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from models.bundle import Champion
from models.ranking.findings import official_weeks
from models.ranking.scores import learned_of, score_of
from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.parameters import Parameters
from pipelines.steps.history import readings
from pipelines.steps.training import registry
from tests.functional.conftest import Reported

MODEL = "models:/shirabe@champion"
CHILD = """
import sys, mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
mlflow.pyfunc.load_model(sys.argv[2]).predict(pd.read_parquet(sys.argv[3])).to_parquet(sys.argv[4])
"""
ON_SPARK = """
import sys, mlflow, pandas as pd
from pyspark.sql import SparkSession
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model(sys.argv[2])
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
officials = spark.createDataFrame(pd.read_parquet(sys.argv[3])).repartition(3)
scores = officials.groupBy("week").applyInPandas(
    lambda week: model.predict(week)[["score"]].assign(entity_id=week.entity_id), "score double, entity_id string"
)
scores.toPandas().to_parquet(sys.argv[4])
"""
"""A week at a time: how many officials it has is part of how rare each is."""
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def table(reported: Reported) -> pd.DataFrame:
    """What `shirabe score` keeps of the week's officials."""
    return pq.ParquetFile(reported.lake.features("user", reported.week)).read().to_pandas()


@pytest.fixture(scope="module")
def judged(reported: Reported) -> pd.DataFrame:
    """The officials' weeks as `shirabe score` judges them, by entity."""
    champion: Champion = registry(reported.lake).champion()
    week = readings(reported.lake, reported.week, Parameters())
    frame = official_weeks(week, champion.tails, learned_of(champion, week))
    return frame.set_index(frame.agency_code + "/" + frame.requester_user)


@pytest.fixture(scope="module")
def served(reported: Reported, table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What MLflow gives in a process of its own, in a folder where this program is installed and not lying about."""
    folder = tmp_path_factory.mktemp("notebook")
    table.to_parquet(folder / "in.parquet")
    command = [sys.executable, "-c", CHILD, address(reported.lake), MODEL, "in.parquet", "out.parquet"]
    subprocess.run(command, cwd=folder, check=True, env=os.environ | {"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false"})
    return pd.read_parquet(folder / "out.parquet")


def address(lake: Lake) -> str:
    return f"sqlite:///{lake.root}/mlflow.db"


def test_mlflow_gives_the_values_of_score(table: pd.DataFrame, judged: pd.DataFrame, served: pd.DataFrame) -> None:
    assert len(served) == len(table) == len(judged) > 0
    expected = judged.loc[table.entity_id]
    assert (served.value.to_numpy() == expected.value.to_numpy()).all()
    for column in (c for c in served.columns if c.startswith("rarity:") and c != "rarity:learned"):
        of_week = expected.get(column.removeprefix("rarity:"), pd.Series(0.0, expected.index))
        assert (served[column].to_numpy() == of_week.to_numpy()).all(), column


def test_its_score_is_that_of_the_scores_where_nothing_else_is_found(
    reported: Reported, table: pd.DataFrame, served: pd.DataFrame
) -> None:
    """`scores` holds the rarest finding about an official: never less than what MLflow says, mostly the same."""
    scores = pq.ParquetFile(reported.lake.scores("user", reported.week)).read().to_pandas().set_index("entity_id").score
    kept = scores.loc[table.entity_id].to_numpy()
    assert (kept >= served.score.to_numpy() - 1e-9).all()
    assert np.isclose(kept, served.score.to_numpy(), rtol=1e-12, atol=0).mean() > 0.5
    assert (served.score.to_numpy() == score_of(served.log_expected.to_numpy())).all()


def test_rows_may_come_in_any_order_and_several_weeks_at_once(reported: Reported, table: pd.DataFrame) -> None:
    import mlflow

    registry(reported.lake)
    model = mlflow.pyfunc.load_model(MODEL)
    alone = model.predict(table)
    mixed = pd.concat([table, table.head(3).assign(week="2026-W45")]).sample(frac=1, random_state=1)
    found = model.predict(mixed)
    again = found[(mixed.week == str(reported.week)).to_numpy()].sort_index()
    pd.testing.assert_frame_equal(again, alone.sort_index(), check_exact=False, rtol=1e-12)
    assert model.predict(table.head(0)).empty


def test_mlflow_models_predict(reported: Reported, table: pd.DataFrame, served: pd.DataFrame, tmp_path: Path) -> None:
    given = {"dataframe_split": json.loads(table.to_json(orient="split", index=False))}
    (tmp_path / "in.json").write_text(json.dumps(given), encoding="utf-8")
    command = [sys.executable, "-m", "mlflow", "models", "predict", "-m", MODEL, "-i", "in.json", "-o", "out.json"]
    environment = os.environ | {"MLFLOW_TRACKING_URI": address(reported.lake)}
    subprocess.run([*command, "--env-manager", "local"], cwd=tmp_path, check=True, env=environment)
    found = pd.DataFrame(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["predictions"])
    assert np.allclose(found.score, served.score, rtol=1e-9)
    assert list(found.reason) == list(served.reason)


def test_spark_gives_the_same_scores(
    reported: Reported, table: pd.DataFrame, served: pd.DataFrame, tmp_path: Path
) -> None:
    if shutil.which("java") is None or find_spec("pyspark") is None:
        pytest.skip("batch scoring on Spark needs Java (openjdk-17-jre-headless) and pyspark")
    table.to_parquet(tmp_path / "in.parquet")
    command = [sys.executable, "-c", ON_SPARK, address(reported.lake), MODEL, "in.parquet", "out.parquet"]
    workers = os.environ | {"PYSPARK_PYTHON": sys.executable}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=workers)
    found = pd.read_parquet(tmp_path / "out.parquet").set_index("entity_id").score
    assert np.allclose(found.loc[table.entity_id], served.score, rtol=1e-12)


def test_registry_says_what_goes_in_and_what_it_learned_from(reported: Reported, table: pd.DataFrame) -> None:
    import mlflow

    registry(reported.lake)
    client = mlflow.MlflowClient(address(reported.lake))
    version = client.get_model_version_by_alias("shirabe", "champion")
    info = mlflow.models.get_model_info(MODEL)
    given = {c.name for c in info.signature.inputs.inputs}
    assert [c.name for c in info.signature.inputs.inputs if c.required] == ["week"]
    assert set(table.columns) <= given
    assert {"score", "log_expected", "reason"} <= {c.name for c in info.signature.outputs.inputs}
    assert "Learned from" in version.description and "学習" in version.description
    assert client.get_registered_model("shirabe").description
    example = mlflow.pyfunc.load_model(MODEL).input_example
    assert set(example.agency_code) == {"0"}
    assert not set(example.entity_id) & set(table.entity_id)


def test_reproduce_gives_the_same_in_one_thread_and_in_two(reported: Reported, tmp_path: Path, capsys: Output) -> None:
    world = reported.copy_to(tmp_path)
    agencies = world.lake.reference("agencies")
    pq.write_table(pq.ParquetFile(agencies).read(), agencies, compression="gzip")
    before = {f: f.read_bytes() for f in (world.lake.root / "mlartifacts").rglob("*") if f.is_file()}
    assert shirabe(world.lake, "reproduce", "champion") == 0
    told = capsys.readouterr().out
    assert "in 1 and 2 threads: the same fingerprint and the same scores" in told
    assert "reference table agencies changed since, without effect" in told
    assert {f: f.read_bytes() for f in (world.lake.root / "mlartifacts").rglob("*") if f.is_file()} == before


def test_reproduce_names_the_weeks_that_are_no_longer_what_was_learned_from(
    reported: Reported, tmp_path: Path, capsys: Output
) -> None:
    world = reported.copy_to(tmp_path)
    weeks = registry(world.lake).find("champion").weeks
    file = world.lake.facts("rated_visit", Week.parse(weeks[-1]))
    whole = pq.ParquetFile(file).read()
    pq.write_table(whole.slice(1), file)
    assert shirabe(world.lake, "reproduce", "1") == 13
    told = capsys.readouterr().err
    assert weeks[-1] in told and weeks[0] not in told


def test_reproduce_tells_another_model_from_the_same_inputs(
    reported: Reported, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A detector that is built otherwise stands for a library that gives other scores."""
    from models.sizes import Sizes
    from pipelines.lifecycle import reproduction

    def other(parameters: object) -> Sizes:
        return Sizes(knn=7)

    world = reported.copy_to(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Sizes, "of", other)
        assert shirabe(world.lake, "reproduce", "1") == 16
    told = capsys.readouterr().err
    assert "scores of knn" in told and "in 2 thread" in told and "mcd" not in told
    # Where another input changed as well, that may be why.
    agencies = world.lake.reference("agencies")
    pq.write_table(pq.ParquetFile(agencies).read(), agencies, compression="gzip")
    monkeypatch.setattr(Sizes, "of", other)
    monkeypatch.setattr(reproduction, "THREADS", (1,))
    assert shirabe(world.lake, "reproduce", "1") == 13
    assert "reference table agencies" in capsys.readouterr().err


def test_a_week_is_not_scored_by_an_artefact_that_was_changed(
    reported: Reported, tmp_path: Path, capsys: Output
) -> None:
    lake = reported.copy_to(tmp_path).lake
    before = lake.cases(reported.week).read_bytes()
    for file in (lake.root / "mlartifacts").rglob("bundle.json"):
        file.write_bytes(file.read_bytes() + b"\n")
    lake.stamp("score", reported.week).unlink()
    assert shirabe(lake, "score", "--week", str(reported.week)) == 16
    assert "not those that were registered" in capsys.readouterr().err
    assert lake.cases(reported.week).read_bytes() == before


def shirabe(lake: Lake, *words: str) -> int:
    return run([*words, "--lake", str(lake.root)])
