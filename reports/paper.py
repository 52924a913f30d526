"""The page on paper: `report.pdf`, made by WeasyPrint from the very page that is read on screens, without a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from features.errors import LayoutMissingError

TEMPLATES = Path(__file__).parent / "templates"
INSTALL = "libpango-1.0-0, libpangoft2-1.0-0 and fonts-noto-cjk (`make system`, as root)"
_ENGLISH = re.compile(r'<(span|tspan) lang="en">[^<]*</\1>')
_OFF_PAPER = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (r"<script>.*?</script>", r"<details>.*?</details>", r'<meta http-equiv="[^>]*>', r'<div id="language".*?</div>')
)  # fmt: skip
_PICTURE = re.compile(r"<svg[^>]*>")


def write_pdf(page: str, report_id: str, target: Path) -> None:
    """Lay the page out on A4 with page numbers and an outline of the cases; the same page gives the same bytes.

    LayoutMissingError says what to install where the library, its own libraries or a Japanese font are missing.
    """
    weasyprint = _library()
    _require_japanese()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())  # a report refers to nothing outside
    document = weasyprint.HTML(string=on_paper(page), url_fetcher=nothing).render()
    target.write_bytes(document.write_pdf(pdf_identifier=report_id.encode()))


def on_paper(page: str) -> str:
    """The page as it is printed: Japanese only, nothing that folds or runs, and pictures that bring their own style
    (the library does not apply the page's style inside of them)."""
    text = _ENGLISH.sub("", page)
    for pattern in _OFF_PAPER:
        text = pattern.sub("", text)
    text = text.replace("</head>", f"{_style('paper.css')}</head>")
    pictures = _style("pictures.css")
    return _PICTURE.sub(lambda found: found[0] + pictures, text)


@cache
def _style(name: str) -> str:
    return f"<style>{(TEMPLATES / name).read_text(encoding='utf-8')}</style>"


def _require_japanese() -> None:
    """Without a font Pango prints boxes and says nothing. `fc-list` comes with Pango's own fontconfig; where it does not, we cannot tell."""
    if (program := shutil.which("fc-list")) is None:
        return
    found = subprocess.run([program, ":lang=ja", "family"], capture_output=True, check=False, timeout=60)
    if found.returncode == 0 and not found.stdout.strip():
        raise LayoutMissingError(f"report.pdf cannot be made: no Japanese font is installed; install {INSTALL}")


def _library() -> ModuleType:
    try:
        weasyprint = import_module("weasyprint")
        import_module("weasyprint.urls")
    except (ImportError, OSError) as error:
        raise LayoutMissingError(f"report.pdf cannot be made ({error}); install weasyprint and {INSTALL}") from error
    return weasyprint
