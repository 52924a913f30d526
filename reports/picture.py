"""A photograph of a report for the README: `python -m reports.picture REPORT OUT.png`, with Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from features.errors import ShirabeError

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
SIZE = (1200, 1500)
MOST_BYTES = 400_000


def browser() -> str:
    """The path of Chromium; ShirabeError where there is none."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        raise ShirabeError("no Chromium on the path; `make system` installs it (as root)")
    return found


def latest_report(place: Path) -> Path:
    """A report's page itself, or the latest page below a folder (a lake, or its reports)."""
    if place.is_file():
        return place
    pages = sorted(place.rglob("report.html"), key=lambda page: (len(page.parts), page.as_posix()))
    weeks = [page for page in pages if (page.parent / "manifest.json").exists()]
    if not weeks:
        raise ShirabeError(f"{place} holds no published report; run `make demo` first")
    return max(weeks, key=lambda page: next((p for p in page.parts if p.startswith("week=")), ""))


def photograph(page: Path, target: Path, size: tuple[int, int] = SIZE) -> Path:
    """Write the top of a page as PNG, below 400 kB."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser(), *QUIET, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
            f"--screenshot={target.resolve()}", page.resolve().as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    if done.returncode or not target.exists():
        raise ShirabeError(f"Chromium could not photograph {page} (exit code {done.returncode})")
    if target.stat().st_size > MOST_BYTES:
        raise ShirabeError(f"{target} is larger than {MOST_BYTES // 1000} kB; take a smaller window")
    return target


def main(arguments: list[str]) -> int:
    """The command line: page or folder, then the picture to write."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m reports.picture REPORT.html|FOLDER OUT.png\n")
        return 2
    try:
        photograph(latest_report(Path(arguments[0])), Path(arguments[1]))
    except ShirabeError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
