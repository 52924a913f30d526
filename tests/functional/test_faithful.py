"""What a case names is why it is there: without those look-ups it is gone or far less rare; without others it stays."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.weeks import Week
from models.ranking.findings import find
from models.ranking.scores import learned_by
from pipelines.lake import Lake
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.sample import write_world
from pipelines.steps.facts import prepare
from pipelines.steps.history import readings
from pipelines.steps.stages import Stages
from pipelines.steps.training import registry
from pipelines.steps.weekly import run_weekly
from tests.functional.conftest import SMALL

PARAMETERS = Parameters.read(SMALL)
MOST_CASES = 10
Rarity = dict[str, float]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A simulated world with misuse, reported."""
    base = tmp_path_factory.mktemp("faithful")
    world = PARAMETERS.simulate.resized({"weeks": 9, "agencies": 40, "seed": 5})
    write_world(base / "data", world, EventLog())
    made = Lake(base / "lake")
    run_weekly(Stages(made, PARAMETERS, EventLog()), base / "data", Week.parse(world.last_week))
    return made


@pytest.fixture(scope="module")
def cases(lake: Lake) -> list[dict[str, object]]:
    """The first cases about officials whose evidence is of this week."""
    week = lake.weeks()[-1]
    ours = set(pq.read_table(lake.log(week), columns=["request_id"], partitioning=None)["request_id"].to_pylist())
    told = pq.read_table(lake.cases(week), partitioning=None).to_pylist()
    return [c for c in told if c["entity"] == "user" and set(c["request_ids"]) <= ours][:MOST_CASES]


@pytest.fixture(scope="module")
def rarity_without(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[str]], Rarity]:
    """Minus the logarithm of the expected equals of every official, judged anew without some requests of the week."""
    week, champion = lake.weeks()[-1], registry(lake).champion()

    def judged(left_out: Iterable[str]) -> Rarity:
        again = Lake(tmp_path_factory.mktemp("again") / "lake")
        shutil.copytree(lake.root, again.root)
        log = pq.read_table(again.log(week), partitioning=None)
        gone = pc.is_in(log["request_id"], value_set=pa.array(list(left_out), pa.string()))
        pq.write_table(log.filter(pc.invert(gone)), again.log(week))
        prepare(again, week, PARAMETERS)
        found = find(readings(again, week, PARAMETERS), champion.tails, learned_by(champion))
        officials = found[found.entity == "user"].groupby("entity_id").log_expected.min()
        return {str(official): -float(value) for official, value in officials.items()}

    return judged


def fallen(cases: list[dict[str, object]], before: Rarity, after: Rarity) -> list[float]:
    """By how much each case's official is less rare, nats; one who is no longer found falls to the commonest."""
    floor = min(after.values())
    return [before[str(c["entity_id"])] - after.get(str(c["entity_id"]), floor) for c in cases]


@pytest.mark.slow
def test_without_its_evidence_a_case_falls_and_without_other_rows_it_stays(
    lake: Lake, cases: list[dict[str, object]], rarity_without: Callable[[Iterable[str]], Rarity], tmp_path: Path
) -> None:
    assert len(cases) >= 5
    before = rarity_without([])
    named = {str(request) for case in cases for request in _list(case["request_ids"])}
    without_evidence = fallen(cases, before, rarity_without(named))
    without_others = fallen(cases, before, rarity_without(_as_many_others(lake, cases, named)))
    assert min(without_evidence) > 0
    assert np.median(without_evidence) > np.median(without_others) + 1.0
    assert abs(np.median(without_others)) < 0.5 * np.median(without_evidence)


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _as_many_others(lake: Lake, cases: list[dict[str, object]], named: set[str]) -> list[str]:
    """For each case as many requests of the same official that it does not name, as far as there are so many."""
    log = pq.read_table(
        lake.log(lake.weeks()[-1]), columns=["request_id", "requester_agency", "requester_user"], partitioning=None
    )
    chance, chosen = random.Random(5), []
    for case in cases:
        own = [
            row["request_id"] for row in log.to_pylist()
            if f"{row['requester_agency']}/{row['requester_user']}" == case["entity_id"] and row["request_id"] not in named
        ]  # fmt: skip
        chosen += chance.sample(own, min(len(own), len(_list(case["request_ids"]))))
    return chosen
