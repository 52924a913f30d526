"""A killed and resumed weekly run leaves what an undisturbed one leaves, byte for byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.handwritten import CURRENT, Delivery
from tests.functional.killable import MOMENTS

ROOT = Path(__file__).parents[2]
STORE = re.compile(r"^(mlflow\.db|mlartifacts/|\.lock|lake\.json|status\.json|metrics\.prom|models/promotions\.jsonl)")
"""MLflow's own store and the record of champions keep a clock; the lock file is empty."""
MOMENT = re.compile(rb"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(\+\d{2}:\d{2}|Z)?")


def contents(lake: Path) -> dict[str, bytes]:
    """Every file of the lake; in reports, moments of writing are blanked."""
    found = {}
    for file in sorted(f for f in lake.rglob("*") if f.is_file()):
        name = file.relative_to(lake).as_posix()
        if not STORE.match(name):
            whole = file.read_bytes()
            found[name] = MOMENT.sub(b"MOMENT", whole) if name.startswith("reports/") else whole
    return found


@pytest.mark.slow
def test_ten_kills_leave_no_trace(tmp_path: Path) -> None:
    Delivery(tmp_path / "data").write_all()
    program = [
        sys.executable,
        "-m",
        "tests.functional.killable",
        str(tmp_path / "data"),
        str(tmp_path),
        CURRENT,
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    subprocess.run(program, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=900)
    outcome = json.loads((tmp_path / "outcome.json").read_text())
    assert outcome["codes"] == [0] * (1 + MOMENTS), "undisturbed, or killed by the signal and then run to the end"
    expected = contents(tmp_path / "undisturbed")
    assert any(name.startswith("reports/") for name in expected)
    for moment in outcome["moments"]:
        found = contents(tmp_path / f"killed-{moment}")
        assert found.keys() == expected.keys(), f"killed before move {moment}"
        differing = [name for name, whole in expected.items() if found[name] != whole]
        assert not differing, f"killed before move {moment}"
