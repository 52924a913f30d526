"""The report of a scored week."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from features.weeks import Week
from pipelines.lake import DELIVERED_TABLES, Lake
from pipelines.lake.revisions import published_cases, reported_revision
from pipelines.lake.stamps import Stamp, file_fingerprint
from pipelines.parameters import Parameters
from pipelines.steps import inputs

if TYPE_CHECKING:
    from reports.inputs import EarlierWeek, ReportInputs


def report(lake: Lake, week: Week, revision: int, changed: Sequence[str], parameters: Parameters) -> Path:
    """Write a revision of the week's report and return the page's path."""
    from reports.index import index_page
    from reports.weekly import write_report

    page = write_report(inputs_of(lake, week, revision, changed, parameters), lake.report(week, revision))
    with lake.replacing(lake.reports_index()) as draft:
        draft.write_text(index_page(lake.reports_index().parent), encoding="utf-8")
    return page


def inputs_of(lake: Lake, week: Week, revision: int, changed: Sequence[str], parameters: Parameters) -> ReportInputs:
    """What the report of a scored week is made from."""
    from pipelines.steps.history import history_files
    from pipelines.steps.status import model_age
    from reports.inputs import ReportInputs

    logs = [lake.log(week.shift(-back)) for back in range(8)]
    stamp = Stamp.read(lake.stamp("score", week))
    given = dict(stamp.inputs) if stamp else {}
    power = inputs.power_result(lake, week)
    version = given.pop(inputs.MODEL, "")
    if power is not None:
        given[inputs.POWER] = file_fingerprint(power)
    previous = lake.cases(week.shift(-1))
    if previous.exists():
        given[f"cases of {week.shift(-1)}"] = file_fingerprint(previous)
    past = [each for each in lake.weeks() if week.shift(-parameters.features.look_back_weeks) <= each <= week]
    earlier = _earlier(lake, past[-2::-1], lake.report(week, revision))
    given |= {f"published cases of {each.week}": file_fingerprint(each.cases) for each in earlier}
    return ReportInputs(
        week=week, revision=revision, changed=tuple(changed), cases=lake.cases(week), rule_hits=lake.rule_hits(week),
        requests=lake.requests(week), coverage=lake.coverage(week), logs=tuple(log for log in logs if log.exists()),
        agencies=lake.reference("agencies"), codes=lake.reference("codes"), model_version=version, inputs=given,
        evidence_rows=parameters.report.evidence_rows, power=power, case_weeks=lake.case_weeks(week),
        pdf=parameters.report.pdf, pdf_in_english=parameters.report.pdf_in_english,
        previous_cases=previous if previous.exists() else None, model_age_weeks=model_age(lake, week),
        past=tuple(lake.log(each) for each in past), past_since=past[0],
        explained=tuple(history_files(lake, week)["visit_request"]), earlier=earlier,
        empty_tables=tuple(name for name in DELIVERED_TABLES if not pq.read_metadata(lake.reference(name)).num_rows),
    )  # fmt: skip


def _earlier(lake: Lake, weeks: Sequence[Week], folder: Path) -> tuple[EarlierWeek, ...]:
    """The published results of these weeks, with the way to their pages from a report's folder."""
    from reports.inputs import EarlierWeek
    from reports.weekly import PAGE

    revisions = {each: reported_revision(lake, each) for each in weeks}
    return tuple(
        EarlierWeek(each, published_cases(lake, each, revision), Path(relpath(lake.report(each, revision) / PAGE, folder)).as_posix())
        for each, revision in revisions.items() if revision
    )  # fmt: skip
