"""The page on paper: `report.pdf`, laid out by PlutoBook from the very page that is read on screens, without a browser.

The library knows no outline and stamps the moment of printing; pikepdf adds the one and takes the other away.
"""

from __future__ import annotations

import base64
import html
import io
import re
import shutil
import subprocess
import unicodedata
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from features.errors import LayoutMissingError

TEMPLATES = Path(__file__).parent / "templates"
INSTALL = "fonts-noto-cjk (`make system`, as root)"
_NOWHERE = "report:/"
"""An address for the page to have: without one a link within it leads nowhere."""
_OFF_PAPER = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (r"<script>.*?</script>", r"<details>.*?</details>", r'<meta http-equiv="[^>]*>', r'<div id="language".*?</div>',
                    r' href="(?!#)[^"]*"')
)  # fmt: skip
_PICTURE = re.compile(
    r'<svg(?P<class>(?: class="[^"]*")?) viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"[^>]*>(?P<inside>.*?)</svg>',
    re.DOTALL,
)
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{inside}</svg>'
_CASES = "case-"
_HEADING = re.compile(
    r'<h2 id="(?P<name>[^"]+)"[^>]*>(?P<told>.*?)</h2>|<article class="case" id="(?P<case>[^"]+)".*?data-outline="(?P<title>[^"]*)"',
    re.DOTALL,
)
_TWINS = "⺎兀⺐尢⺒巳⺓幺⺔彑⺙攵⺛旡⺟母⺠民⻄西⻑長⻘青⻨麦⻩黄⻫斉⻭歯⻯竜⻲亀‧・∕／"
"""Pairs that Japanese fonts draw with one glyph: what the library takes it for, and what is meant. Besides them the 214 radicals
of Kangxi, which Unicode itself says to be what they look like."""
_KANGXI = range(0x2F00, 0x2FE0)
_MEANT = {ord(taken): meant for taken, meant in zip(_TWINS[::2], _TWINS[1::2], strict=True)} | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in _KANGXI
}
_TOLD = re.compile(rb"(?<=> <)[0-9a-f]{4}(?=>\n)")
"""What a glyph stands for, in a font's table of characters."""


class Language(StrEnum):
    """What a page is printed in; it holds both."""

    JAPANESE = "ja"
    ENGLISH = "en"


def write_pdf(page: str, report_id: str, target: Path, language: Language = Language.JAPANESE) -> None:
    """Lay the page out on A4 with page numbers and an outline of the cases; the same page gives the same bytes.

    LayoutMissingError says what to install where the library or a Japanese font is missing.
    """
    plutoprint, pikepdf = _library("plutoprint"), _library("pikepdf")
    _require_japanese()
    text = on_paper(page, language, report_id)
    with pikepdf.open(io.BytesIO(_laid_out(plutoprint, text))) as pdf:
        _outline(pikepdf, pdf, text)
        _readable(pikepdf, pdf)
        for moment in [key for key in pdf.docinfo if key.endswith("Date")]:
            del pdf.docinfo[moment]
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def on_paper(page: str, language: Language = Language.JAPANESE, report_id: str = "") -> str:
    """The page as it is printed: in one language, nothing that folds, runs or leads to another file, the id at the foot of
    each page, and each picture as an image of its own: the page's style does not reach into it."""
    text = _in_one(page, language)
    for pattern in _OFF_PAPER:
        text = pattern.sub("", text)
    foot = f'@page{{@bottom-left{{content:"{report_id}"}}}}'
    text = text.replace('<html lang="ja"', f'<html lang="{language}"', 1).replace(
        "</head>", f"<style>{_style('paper.css')}{foot}</style></head>"
    )
    # The library notes where something stands only if a link leads to it; these have no words and are not seen.
    reached = "".join(f'<a href="#{name}"></a>' for name, _ in _headings(text))
    return _PICTURE.sub(_image, text.replace("</body>", f"{reached}</body>"))


def _headings(text: str) -> list[tuple[str, str]]:
    """What the outline leads to, in order: the id of each chapter and case, and how it is called."""
    return [
        (found["name"] or found["case"], html.unescape(re.sub(r"<[^>]*>", "", found["told"] or found["title"])))
        for found in _HEADING.finditer(text)
    ]


def _laid_out(plutoprint: ModuleType, text: str) -> bytes:
    """The pages as PDF. A report refers to nothing outside: what is not in the page itself is not asked for."""

    class Nothing(plutoprint.ResourceFetcher):  # type: ignore[misc,name-defined]
        def fetch_url(self, url: str) -> Any:
            if url.startswith("data:"):
                return plutoprint.default_resource_fetcher.fetch_url(url)
            return plutoprint.ResourceData(b"", "text/plain", "utf-8")

    book, written = plutoprint.Book(plutoprint.PAGE_SIZE_A4), io.BytesIO()
    book.custom_resource_fetcher = Nothing()
    book.load_html(text, "", "", _NOWHERE)
    book.write_to_pdf_stream(written)
    return written.getvalue()


def _outline(pikepdf: ModuleType, pdf: Any, text: str) -> None:
    """Chapters, and the cases below that of the cases. Of what runs over several pages the library notes a place on each
    of them, most of them off the page; the one on it is kept, for links too."""
    if not (places := _places(pdf)):
        return
    tree = pikepdf.NameTree.new(pdf)
    for name, place in places.items():
        tree[name] = place
    pdf.Root.Names.Dests = tree.obj
    with pdf.open_outline() as outline:
        for name, told in _headings(text):
            if name in places:
                under = outline.root[-1].children if name.startswith(_CASES) and outline.root else outline.root
                under.append(pikepdf.OutlineItem(told, destination=places[name]))


def _readable(pikepdf: ModuleType, pdf: Any) -> None:
    """What is drawn can be searched and copied: of characters that share a glyph the library takes the first, which nobody means."""
    for font in pdf.objects:
        if isinstance(font, pikepdf.Dictionary) and "/ToUnicode" in font:
            font.ToUnicode = pikepdf.Stream(pdf, _TOLD.sub(_meant, font.ToUnicode.read_bytes()))


def _meant(told: re.Match[bytes]) -> bytes:
    code = int(told[0], 16)
    return b"%04x" % ord(_MEANT.get(code, chr(code)))


def _places(pdf: Any) -> dict[str, Any]:
    """Where each name stands: a page and the height on it, as the PDF writes it."""
    noted = pdf.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    named = [(str(noted[at]), noted[at + 1]) for at in range(0, len(noted), 2)]
    return {name: place for name, place in named if 0 <= float(place[3]) <= float(place[0].MediaBox[3])}


def _in_one(page: str, language: Language) -> str:
    for other in Language:
        kept = r"\2" if other is language else ""
        page = re.sub(rf'<(span|tspan) lang="{other}">([^<]*)</\1>', kept, page)
    return page


def _image(picture: re.Match[str]) -> str:
    """An image brings its own style."""
    inside = f"<style>{_style('pictures.css')}</style>{picture['inside']}"
    svg = _SVG.format(width=picture["width"], height=picture["height"], inside=inside)
    return f'<img{picture["class"]} alt="" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'


@cache
def _style(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _require_japanese() -> None:
    """Without a font the library prints boxes and says nothing. `fc-list` comes with fontconfig; where it does not, we cannot tell."""
    if (program := shutil.which("fc-list")) is None:
        return
    found = subprocess.run([program, ":lang=ja", "family"], capture_output=True, check=False, timeout=60)
    if found.returncode == 0 and not found.stdout.strip():
        raise LayoutMissingError(f"report.pdf cannot be made: no Japanese font is installed; install {INSTALL}")


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except (ImportError, OSError) as error:
        raise LayoutMissingError(f"report.pdf cannot be made ({error}); install {name} and {INSTALL}") from error
