"""`python -m reports.screenshot LAKE OUT.png`: the head of the latest report as a picture, with Debian's Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1060,1100",
)  # fmt: skip


def main(lake: Path, out: Path) -> int:
    """Photograph the report of the lake's latest week; returns the exit code."""
    pages = sorted(lake.glob("reports/week=*/report.html"))
    browser = shutil.which("chromium")
    if not pages or browser is None:
        missing = (
            "no report; run `make demo` first" if not pages else "chromium is not installed; run `make system` as root"
        )
        print(f"{lake}: {missing}", file=sys.stderr)
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            *FLAGS,
            f"--user-data-dir={profile}",
            f"--screenshot={out.resolve()}",
            pages[-1].resolve().as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
