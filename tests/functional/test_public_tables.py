"""Public classification data become tables with few anomalies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner

from benchmarks.public_tables import main, read_source

KEEL = """@relation small
@attribute a real
@data
1.5, red, ?, positive
2.5, blue, 3, negative
2.0, red, 4, negative
"""


def test_a_source_is_read_with_texts_as_numbers_and_gaps_as_nan(tmp_path: Path) -> None:
    (tmp_path / "zoo-3.dat").write_text(KEEL, encoding="utf-8")
    data, names = read_source(tmp_path / "zoo-3.dat")
    np.testing.assert_array_equal(data, [[1.5, 0, np.nan], [2.5, 1, 3], [2, 0, 4]])
    assert names.tolist() == ["positive", "negative", "negative"]


def test_tables_are_written_and_missing_sources_named(tmp_path: Path) -> None:
    (tmp_path / "zoo-3.dat").write_text(KEEL, encoding="utf-8")
    done = CliRunner().invoke(main, ["--out", str(tmp_path / "out"), str(tmp_path)])
    assert done.exit_code == 0
    assert "abalone19: not there" in done.output
    with np.load(tmp_path / "out" / "zoo-3-positive.npz") as table:
        assert (table["X"].shape, table["y"].sum()) == ((3, 3), 1)
