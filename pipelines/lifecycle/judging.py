"""`shirabe evaluate`: the cases of scored weeks, and plain rankings of the same weeks, against truth."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.engines.duckdb import DuckDBEngine
from features.errors import BadParametersError, ShirabeError
from features.weeks import Week
from models.evaluation import CAPACITIES, Case, Evaluation, Event, evaluate, read_cases, read_events
from models.evaluation.baselines.comparison import baseline_cases
from models.evaluation.baselines.weeklogs import WeekLogs
from models.evaluation.rankings import as_cases, official_scores
from pipelines.lake import Lake
from pipelines.lake.locks import require_lake
from pipelines.lake.scored import versions_in
from pipelines.parameters import Parameters
from pipelines.steps.cards import keep_evaluation, renew
from pipelines.steps.training import registry
from reports.vega import whole

OURS = "shirabe"
_CHART = Path(__file__).with_name("recall.json")
"""The chart of `dvc plots show` and of `recall.svg`: DVC puts the rows in the place of its anchor."""
_NAMED = Path(__file__).with_name("named_truth.sql")
TRUTH_COLUMNS = (
    *("scenario_id", "scenario", "hard_negative", "week", "request_id"),
    *("agency_code", "requester_user", "subject_key"),
)


DIFFICULTY = "difficulty"
"""A column that a truth may have: null in all rows where it has none."""


@dataclass(frozen=True)
class Judgement:
    """Evaluations by ranking; the first is that of the cases themselves."""

    weeks: tuple[Week, ...]
    rankings: dict[str, Evaluation]

    @property
    def ours(self) -> Evaluation:
        """The evaluation of the cases."""
        return self.rankings[OURS]


def judge(lake: Lake, truth: Path) -> Judgement:
    """Evaluate every scored week that truth covers; ShirabeError if there is none, BadParametersError for no truth."""
    events = events_of(lake, truth)
    weeks = judged_weeks(lake, truth)
    rankings: dict[str, list[Case]] = {OURS: []}
    for week in weeks:
        rankings[OURS] += read_cases(pq.read_table(lake.cases(week), partitioning=None).to_pandas())
        for name, cases in _plain(lake, week).items():
            rankings.setdefault(name, []).extend(cases)
    rankings |= baseline_cases(_logs(lake), weeks, CAPACITIES[-1], weeks[0].monday.toordinal())
    scored = [str(week) for week in weeks]
    _keep(lake, weeks, rankings[OURS], events)
    return Judgement(tuple(weeks), {name: evaluate(cases, events, scored) for name, cases in rankings.items()})


def _keep(lake: Lake, weeks: list[Week], cases: list[Case], events: list[Event]) -> None:
    """Figures of each registered version over the weeks that it alone scored, for its card."""
    models = registry(lake)
    for version in models.registered():
        own = [week for week in weeks if versions_in(lake.score_tables(week)) == (version.version,)]
        if own:
            named = [str(week) for week in own]
            keep_evaluation(
                lake, version.version, own, evaluate([case for case in cases if case.week in named], events, named)
            )
            renew(models, lake, models.load(version), Parameters())


def read_truth(file: Path) -> pa.Table:
    """The table of what was planted; BadParametersError if the file holds something else."""
    try:
        table = pq.ParquetFile(file).read()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise BadParametersError(
            f"{file}: no readable Parquet file; give --truth the simulator's truth.parquet"
        ) from None
    lacking = [name for name in TRUTH_COLUMNS if name not in table.column_names]
    if lacking:
        raise BadParametersError(
            f"{file} is no truth: it lacks {', '.join(lacking)}; give --truth the simulator's truth.parquet"
        )
    if DIFFICULTY not in table.column_names:
        table = table.append_column(DIFFICULTY, pa.nulls(table.num_rows, pa.string()))
    return table


def events_of(lake: Lake, truth: Path) -> list[Event]:
    """The planted events; of their officials and people only those whom the lake's log names, as the contract has it: a case
    cannot name whom the record leaves out."""
    logs = [lake.log(week) for week in lake.weeks()]
    planted = read_truth(truth)
    if not logs:
        return read_events(planted.to_pandas())
    with DuckDBEngine() as engine:
        engine.given("truth", planted)
        engine.view("log", logs)
        return read_events(engine.arrow(_NAMED.read_text(encoding="utf-8")).to_pandas())


def judged_weeks(lake: Lake, truth: Path) -> list[Week]:
    """The scored weeks that truth covers; ShirabeError if there is none."""
    require_lake(lake)
    covered = set(read_truth(truth)["week"].to_pylist())
    weeks = [week for week in lake.weeks() if lake.cases(week).exists() and str(week) in covered]
    if not weeks:
        raise ShirabeError(
            f"{lake.root}: no scored week is covered by {truth.name}; run `shirabe weekly` or `shirabe score` first"
        )
    return weeks


def _logs(lake: Lake) -> WeekLogs:
    return WeekLogs(
        {week: lake.log(week) for week in lake.weeks()}, lake.reference("agencies"), lake.reference("calendar")
    )


def _plain(lake: Lake, week: Week) -> dict[str, list[Case]]:
    features = pq.read_table(lake.features("user", week), partitioning=None).to_pandas()
    hits = pq.read_table(lake.rule_hits(week), partitioning=None).to_pandas()
    scores = official_scores(features, hits, registry(lake).champion(), seed=week.monday.toordinal())
    with DuckDBEngine() as engine:
        engine.view("week_log", [lake.log(week)])
        engine.view("requests", [lake.requests(week)])
        return {name: as_cases(engine, str(week), features, values, CAPACITIES[-1]) for name, values in scores.items()}


def lines(judgement: Judgement) -> list[str]:
    """The figures as lines of text."""
    ours = judgement.ours
    heading = f"{'share of events found':24}" + "".join(f"{f'@{k}':>8}" for k in CAPACITIES)
    text = [f"{ours.events} planted events in {judgement.weeks[0]} to {judgement.weeks[-1]}", heading]
    for name, found in judgement.rankings.items():
        text.append(f"{name:24}" + "".join(f"{found.recall[k]:8.2f}" for k in CAPACITIES))
    text += ["", f"{'by kind':24}" + heading[24:]]
    text += [
        f"{kind:24}" + "".join(f"{recall[k]:8.2f}" for k in CAPACITIES) for kind, recall in ours.recall_of_kind.items()
    ]
    text += ["", f"{'false alarms':24}" + "".join(f"{ours.false_alarms[k]:8d}" for k in CAPACITIES)]
    text.append(f"{'share of true cases':24}" + "".join(f"{ours.true_share[k]:8.2f}" for k in CAPACITIES))
    text.append(f"{'share hard negatives':24}" + "".join(f"{ours.hard_negative_share[k]:8.2f}" for k in CAPACITIES))
    return [
        *text,
        f"median evidence purity {ours.purity:.2f}, average precision {ours.average_precision:.2f}",
    ]


def write_figures(judgement: Judgement, out: Path) -> None:
    """`metrics.json` and `recall.csv` for `dvc metrics show` and `dvc plots show`, and `recall.svg`."""
    out.mkdir(parents=True, exist_ok=True)
    figures = {
        name: {"recall": {str(k): v for k, v in e.recall.items()}, "purity": e.purity, "average_precision": e.average_precision,
               "false_alarms": {str(k): v for k, v in e.false_alarms.items()}}
        for name, e in judgement.rankings.items()
    }  # fmt: skip
    (out / "metrics.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    columns = ("ranking", "capacity", "recall")
    table = [(n, k, round(r, 4)) for n, e in judgement.rankings.items() for k, r in e.recall.items()]
    with (out / "recall.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        rows.writerows(table)
    chart = json.loads(_CHART.read_text(encoding="utf-8"))
    picture = whole(chart | {"data": {"values": [dict(zip(columns, row, strict=True)) for row in table]}})
    (out / "recall.svg").write_text(picture, encoding="utf-8")
