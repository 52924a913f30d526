"""report.pdf: what the page says, on numbered pages with an outline, the same bytes for the same page."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from features.errors import LayoutMissingError
from reports import paper as paper_module
from reports.charts import timeline
from reports.paper import on_paper, write_pdf
from reports.verify import verify
from reports.weekly import write_report
from tests.functional.report_world import WEEK, scored_week


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    inputs = scored_week(tmp_path_factory.mktemp("scored"))
    return write_report(inputs, tmp_path_factory.mktemp("reports") / "week=2026-W46").parent


@pytest.fixture(scope="module")
def paper(folder: Path) -> Iterator[pypdfium2.PdfDocument]:
    with pypdfium2.PdfDocument(folder / "report.pdf") as document:
        yield document


@pytest.fixture(scope="module")
def pages(paper: pypdfium2.PdfDocument) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in paper]


def report_id(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["report"])


def test_each_page_has_its_number_the_week_and_the_id_of_page_and_manifest(folder: Path, pages: list[str]) -> None:
    assert report_id(folder).startswith(f"{WEEK}-2-")
    assert report_id(folder) in (folder / "report.html").read_text(encoding="utf-8")
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text
        assert report_id(folder) in text


def test_outline_leads_to_the_cases_by_rank(paper: pypdfium2.PdfDocument) -> None:
    told = [(entry.get_title(), entry.get_dest().get_index()) for entry in paper.get_toc()]
    cases = [(title, page) for title, page in told if title[0].isdigit()]
    assert [title.split("　")[0] for title, _ in cases] == [str(n) for n in range(1, 9)]
    assert [page for _, page in cases] == sorted({page for _, page in cases}), "each case begins on a page of its own"


def test_a_case_is_on_one_or_two_pages_and_its_heading_with_it(paper: pypdfium2.PdfDocument, pages: list[str]) -> None:
    starts = [e.get_dest().get_index() for e in paper.get_toc() if e.get_title()[0].isdigit()]
    assert all(after - page <= 2 for page, after in pairwise(starts))
    assert all("なぜ目立つか" in pages[page] for page in starts)
    assert "各事案" in pages[starts[0]], "the heading of all cases stands with the first of them"


FOOT = 50.0
"""Points: below this height of a page stand its id and number alone."""


def last_line(page: pypdfium2.PdfPage) -> str:
    """What stands lowest on a page above its foot; nothing on an empty one."""
    text = page.get_textpage()
    boxes = [text.get_rect(n) for n in range(text.count_rects())]
    lowest = min((box for box in boxes if box[1] > FOOT), key=lambda box: box[1], default=None)
    return text.get_text_bounded(bottom=lowest[1], top=lowest[3]).strip() if lowest else ""


@pytest.mark.parametrize("height", range(0, 70, 14))
def test_no_page_is_empty_and_no_heading_is_left_behind_at_its_foot(folder: Path, tmp_path: Path, height: int) -> None:
    """Wherever on a page the pictures and rows of a case come to stand: before those of each case lies another gap."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    first, *parts = page.split('<section class="ask">')
    gaps = (f'<div style="height:{height + 70 * n}px"></div><section class="ask">' for n in range(len(parts)))
    with_gaps = first + "".join(gap + part for gap, part in zip(gaps, parts, strict=True))
    write_pdf(
        with_gaps.replace("<footer>", f'<div style="height:{5 * height}px"></div><footer>'), "-", tmp_path / "gaps.pdf"
    )
    with pypdfium2.PdfDocument(tmp_path / "gaps.pdf") as document:
        lines = [last_line(page) for page in document]
    assert all(lines)
    assert not {"照会の日時", "根拠となる照会", "なぜ目立つか", "機関に確認する事項"} & set(lines)
    assert not [line for line in lines if line.startswith("照会日時")], "rows follow the head of their table"


def test_paper_is_japanese_with_fonts_inside(paper: pypdfium2.PdfDocument, pages: list[str]) -> None:
    text = "".join(pages)
    assert "反対の事情" in text
    assert "What speaks against it" not in text
    assert "実績" in text, "what stands in pictures too"
    fonts = [o.get_font() for o in paper[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    assert fonts
    assert all(font.is_embedded and "CJK" in font.get_base_name() for font in fonts)


def test_paper_in_english_on_request(tmp_path: Path) -> None:
    inputs = replace(scored_week(tmp_path / "scored", 2), pdf_in_english=True)
    folder = write_report(inputs, tmp_path / "report").parent
    assert {"report.pdf", "report.en.pdf"} <= set(verify(folder))
    with pypdfium2.PdfDocument(folder / "report.en.pdf") as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert "What speaks against it" in text
    assert "actual" in text, "what stands in pictures too"
    assert "反対の事情" not in text


def test_words_on_paper_can_be_searched_though_characters_share_a_glyph(tmp_path: Path) -> None:
    """月 and the radical ⽉ look alike in every Japanese font; who searches a year of reports types the one."""
    told = "住民の月日目比青長西／市・区"
    write_pdf(f"<html><head></head><body><p>{told}</p></body></html>", "-", tmp_path / "report.pdf")
    with pypdfium2.PdfDocument(tmp_path / "report.pdf") as document:
        assert told in document[0].get_textpage().get_text_bounded()


def test_links_within_the_page_lead_to_the_cases(paper: pypdfium2.PdfDocument, folder: Path) -> None:
    """A case over two pages is noted twice by the library, once off the page."""
    content = (folder / "report.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        places = dict(pikepdf.NameTree(pdf.Root.Names.Dests).items())
        pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        led = {name: pages[place[0].objgen] for name, place in places.items()}
    told = {entry.get_title().split("　")[0]: entry.get_dest().get_index() for entry in paper.get_toc()}
    assert {f"case-{n}" for n in range(1, 9)} <= set(led)
    assert all(led[f"case-{n}"] == told[str(n)] for n in range(1, 9))


def test_same_page_same_bytes_in_another_process(folder: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from reports.paper import write_pdf; "
        "write_pdf(Path(sys.argv[1]).read_text(encoding='utf-8'), sys.argv[2], Path(sys.argv[3]))"
    )
    again = tmp_path / "again.pdf"
    subprocess.run([sys.executable, "-c", program, folder / "report.html", report_id(folder), again], check=True)
    assert again.read_bytes() == (folder / "report.pdf").read_bytes()
    assert b"CreationDate" not in again.read_bytes()


def test_verify_checks_it(folder: Path) -> None:
    assert "report.pdf" in verify(folder)


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """An image that lies there is not taken in; one inside the page is."""
    target = tmp_path / "report.pdf"
    image = Image.new("RGB", (4, 4), "red")
    image.save(tmp_path / "a.png")
    inside = base64.b64encode((tmp_path / "a.png").read_bytes()).decode()

    def images(source: str) -> int:
        write_pdf(f'<html><head></head><body><img src="{source}">x</body></html>', "an id", target)
        with pikepdf.open(target) as pdf:
            return sum("/XObject" in page.get("/Resources", {}) for page in pdf.pages)

    assert images(f"data:image/png;base64,{inside}") == 1
    assert images((tmp_path / "a.png").as_uri()) == 0
    assert images("https://example.org/a.png") == 0


def test_type_is_as_large_as_the_style_says(paper: pypdfium2.PdfDocument) -> None:
    """What is too wide for the paper makes the library shrink all pages: nothing is."""
    text = paper[0].get_textpage()
    start = text.get_text_range().index("週次報告")
    left = [text.get_charbox(start + n)[0] for n in range(2)]
    assert left[1] - left[0] > 15.0, "points from one character of the heading to the next"


def test_what_runs_or_folds_stays_off_paper() -> None:
    page = '<head><script>1</script></head><details>x</details><b><span lang="en">y</span></b>'
    told = on_paper(page)
    assert not any(part in told for part in ("<script", "<details", 'lang="en"', ">y<"))


def test_a_missing_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def without(name: str) -> Any:
        raise OSError(f"{name}: cannot load library")

    monkeypatch.setattr(paper_module, "import_module", without)
    with pytest.raises(LayoutMissingError, match=r"cannot load.*install plutoprint.*fonts-noto-cjk.*make system"):
        write_pdf("<p>x</p>", "an id", tmp_path / "report.pdf")


def test_without_the_pdf_a_report_is_whole(tmp_path: Path) -> None:
    inputs = replace(scored_week(tmp_path / "scored"), pdf=False)
    folder = write_report(inputs, tmp_path / "report").parent
    assert sorted(file.name for file in folder.iterdir()) == ["cases.csv", "manifest.json", "report.html"]
    assert verify(folder) == ["cases.csv", "report.html"]


def test_a_machine_without_a_japanese_font_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = tmp_path / "fonts.conf"
    nothing.write_text('<?xml version="1.0"?><fontconfig/>', encoding="utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(nothing))
    with pytest.raises(LayoutMissingError, match="no Japanese font"):
        write_pdf("<p>調べ</p>", "-", tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def test_dots_of_the_requests_are_on_paper(tmp_path: Path) -> None:
    """A point is a line without a length: what lays out pages may leave it out."""
    told = timeline([datetime(2026, 11, 9, 12)])
    assert told is not None
    target = tmp_path / "dots.pdf"
    write_pdf(f'<svg viewBox="0 0 720 153">{told.picture}</svg>', "-", target)
    with pypdfium2.PdfDocument(target) as document:
        colours = document[0].render(scale=1).to_pil().convert("RGB").getcolors(1 << 20)
    assert [colour for _, colour in colours if colour[0] > colour[1] + 60], "nothing red"
