"""The page on paper: `report.pdf`, made by WeasyPrint from the very page that is read on screens, without a browser."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from features.errors import LayoutMissingError

TEMPLATES = Path(__file__).parent / "templates"
INSTALL = "libpango-1.0-0, libpangoft2-1.0-0 and fonts-noto-cjk (`make system`, as root)"
_OFF_PAPER = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (r"<script>.*?</script>", r"<details>.*?</details>", r'<meta http-equiv="[^>]*>', r'<div id="language".*?</div>')
)  # fmt: skip
_PICTURE = re.compile(
    r'<svg(?P<class>(?: class="[^"]*")?) viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"[^>]*>(?P<inside>.*?)</svg>',
    re.DOTALL,
)
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{inside}</svg>'


class Language(StrEnum):
    """What a page is printed in; it holds both."""

    JAPANESE = "ja"
    ENGLISH = "en"


def write_pdf(page: str, report_id: str, target: Path, language: Language = Language.JAPANESE) -> None:
    """Lay the page out on A4 with page numbers and an outline of the cases; the same page gives the same bytes.

    LayoutMissingError says what to install where the library, its own libraries or a Japanese font are missing.
    """
    weasyprint = _library()
    _require_japanese()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=("data",))  # a report refers to nothing outside
    document = weasyprint.HTML(string=on_paper(page, language), url_fetcher=nothing).render()
    target.write_bytes(document.write_pdf(pdf_identifier=report_id.encode()))


def on_paper(page: str, language: Language = Language.JAPANESE) -> str:
    """The page as it is printed: in one language, nothing that folds or runs, and each picture as an image of its own.

    The library works out the style of each element on the page, inside of pictures too, before it draws any: a third of
    its time is saved by what is not an element (marks of the language, what pictures are made of).
    """
    text = _in_one(page, language)
    for pattern in _OFF_PAPER:
        text = pattern.sub("", text)
    text = text.replace('<html lang="ja"', f'<html lang="{language}"', 1).replace(
        "</head>", f"<style>{_style('paper.css')}</style></head>"
    )
    return _PICTURE.sub(_image, text)


def _in_one(page: str, language: Language) -> str:
    for other in Language:
        kept = r"\2" if other is language else ""
        page = re.sub(rf'<(span|tspan) lang="{other}">([^<]*)</\1>', kept, page)
    return page


def _image(picture: re.Match[str]) -> str:
    """An image brings its own style: that of the page does not reach into it."""
    inside = f"<style>{_style('pictures.css')}</style>{picture['inside']}"
    svg = _SVG.format(width=picture["width"], height=picture["height"], inside=inside)
    return f'<img{picture["class"]} alt="" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'


@cache
def _style(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


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
