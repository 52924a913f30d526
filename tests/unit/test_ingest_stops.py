"""The same deliveries leave the same bytes: in any batches, after any kill, with any number of threads."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.ingest.batch import batches, in_order
from pipelines.ingest.ledger import Entry
from pipelines.ingest.survey import look_at
from pipelines.lake import Lake
from pipelines.lake.journal import commit, replay
from tests.unit.delivery import Row, World, row, world

ROOT = Path(__file__).parents[2]
NO_ENTRY = Entry("", "", "", "", "loaded", 0)
PROGRAM = """
import sys
from pathlib import Path
from tests.unit.delivery import World
World(Path(sys.argv[1])).ingest(data=Path(sys.argv[2]), batch_rows=300)
"""


def request(chance: random.Random, number: int) -> Row:
    moment = datetime(2026, 10, 5) + timedelta(seconds=chance.randint(0, 6 * 7 * 86400))
    copy = chance.choice([None, None, None, "requester"])
    return row(number, requested_at=moment, responded_at=moment + timedelta(seconds=3), record_copy=copy)


def fill(place: World) -> None:
    """Six weeks in twelve files, with everything in them that can go wrong."""
    chance = random.Random(1)
    for file in range(12):
        rows = [request(chance, file * 100 + n) for n in range(100)]
        rows += [
            rows[0],
            rows[1] | {"item_code": "TM9"},
            rows[2] | {"result": None},
            rows[3] | {"record_copy": "provider"},
        ]
        place.deliver(f"{file:02d}.parquet", *rows, row(7, requested_at=rows[5]["requested_at"], responded_at=None))
    place.path("torn.parquet").write_text("PAR1")
    place.path("zz.parquet").write_bytes(place.path("03.parquet").read_bytes())


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Ingested at one go."""
    place = world(tmp_path_factory.mktemp("full"))
    fill(place)
    place.ingest()
    return place


@pytest.mark.parametrize("rows", [1, 300])
def test_batches_do_not_show(full: World, tmp_path: Path, rows: int) -> None:
    place = World(tmp_path)
    place.ingest(data=full.data, batch_rows=rows)
    assert place.contents() == full.contents()


def test_kills_leave_no_trace(full: World, tmp_path: Path) -> None:
    """SIGKILL at moments by the clock, spread over the time that a run takes; then run again."""
    started = time.monotonic()
    assert run(full, tmp_path / "whole", None) == 0
    whole = time.monotonic() - started
    for moment in range(1, 7):
        place = World(tmp_path / f"killed-{moment}")
        assert run(full, place.root, whole * (0.4 + 0.08 * moment)) in (0, -signal.SIGKILL)
        place.ingest(data=full.data, batch_rows=300)
        assert place.contents() == full.contents(), f"killed after {0.4 + 0.08 * moment:.2f} of the time"


def run(full: World, root: Path, seconds: float | None) -> int:
    """The exit code of an ingest in a process of its own, killed after some seconds."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(root), str(full.data)], cwd=ROOT)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@pytest.mark.parametrize("moved", range(4))
def test_journal_is_finished_after_a_stop_at_any_move(tmp_path: Path, moved: int) -> None:
    lake = Lake(tmp_path)
    drafts = {tmp_path / ".staging" / f"{n}": tmp_path / "place" / f"{n}" for n in range(3)}
    (tmp_path / ".staging").mkdir()
    for draft in drafts:
        draft.write_text(draft.name)
    done: list[Path] = []
    original = Path.replace

    def dying(self: Path, target: Path) -> Path:
        if self in drafts and len(done) == moved:
            raise KeyboardInterrupt
        done.append(self) if self in drafts else None
        return original(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        try:
            commit(lake, drafts)
        except KeyboardInterrupt:
            assert moved < 3
    replay(lake)
    assert [place.read_text() for place in drafts.values()] == ["0", "1", "2"]
    assert not (tmp_path / "journal.json").exists()


def test_files_of_one_week_are_one_batch(tmp_path: Path) -> None:
    place = World(tmp_path)
    for name, day in {"a": 10, "b": 3, "c": 11, "d": 4}.items():
        place.deliver(f"{name}.parquet", row(day, requested_at=datetime(2026, 11, day)))
    files = sorted(place.data.rglob("*.parquet"))
    looked = in_order([(look_at(file, file.stem, "", None), NO_ENTRY) for file in files])
    assert [[file.name for file, _ in batch] for batch in batches(looked, 1)] == [["b", "d"], ["a", "c"]]
    assert [len(batch) for batch in batches(looked, 10)] == [4]
