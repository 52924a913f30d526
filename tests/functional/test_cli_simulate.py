"""`shirabe simulate` from the command line."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.cli import run

SIZE = ["--weeks", "2", "--agencies", "24", "--last-week", "2026-W46"]


def files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_same_seed_writes_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, seed in (("one", "5"), ("same", "5"), ("other", "6")):
        assert run(["simulate", "--out", str(tmp_path / name), *SIZE, "--seed", seed]) == 0
    assert "2 weeks up to 2026-W46 of 24 agencies" in capsys.readouterr().out
    one, same, other = (files(tmp_path / name) for name in ("one", "same", "other"))
    assert {"truth.parquet", "reference/agencies.parquet"} <= one.keys()
    assert one == same
    assert one != other


def test_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    assert run(["simulate", "--out", str(tmp_path), *SIZE]) == 1
    assert list(files(tmp_path)) == ["precious.txt"]


def test_world_that_cannot_be_is_a_bad_parameter(tmp_path: Path) -> None:
    assert run(["simulate", "--out", str(tmp_path / "data"), "--weeks", "2", "--agencies", "2"]) == 12


@pytest.mark.parametrize("agencies", [12, 13, 14, 15, 16])
def test_smallest_worlds_are_whole(tmp_path: Path, agencies: int) -> None:
    options = ["--weeks", "1", "--agencies", str(agencies), "--seed", "1"]
    assert run(["simulate", "--out", str(tmp_path / "data"), *options]) == 0
    kinds = pq.read_table(tmp_path / "data" / "reference" / "agencies.parquet", columns=["kind"])["kind"].to_pylist()
    assert {"ministry", "pension", "insurer", "other", "prefecture"} <= set(kinds)


def test_world_cut_short_does_not_block_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from data_samples import simulator

    out, command = tmp_path / "data", ["simulate", "--weeks", "1", "--agencies", "12", "--out", str(tmp_path / "data")]

    def cut_short(folder: Path, *given: object) -> None:
        folder.mkdir()
        (folder / "half").write_text("")
        raise OSError(28, "No space left on device", str(folder))

    with monkeypatch.context() as patch:
        patch.setattr(simulator, "simulate", cut_short)
        assert run(command) == 17
    assert not out.exists()
    assert run(command) == 0
    assert not (out / "half").exists()
    assert [place.name for place in tmp_path.iterdir()] == ["data"]
