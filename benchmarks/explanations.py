"""`python -m benchmarks.explanations --lake LAKE --truth FILE`: what each explanation is worth.

For each explanation the facts of all weeks are made anew without it, in a folder beside the lake's log; the model is
learned anew and the scored weeks are judged again. Slow: as long as preparing the lake, once for each explanation.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

import click
import pyarrow.parquet as pq

from features.catalogue import explanations
from models.evaluation import Case, Evaluation, evaluate, read_events
from models.evaluation.ablation import NOTHING
from models.training import train
from pipelines.lake import Lake
from pipelines.lifecycle.ablation import CAPACITIES, cases_of, learned_from, learned_until
from pipelines.lifecycle.judging import judged_weeks
from pipelines.parameters import Parameters
from pipelines.steps.facts import prepare

READ = ("log", "reference", "ledger")
"""What is taken from the lake as it is; facts are made anew."""


def judged_without(lake: Lake, truth: Path, name: str, parameters: Parameters) -> Evaluation:
    """The evaluation of the scored weeks as if the explanation did not exist (no name: with all of them)."""
    weeks, until = judged_weeks(lake, truth), learned_until(lake)
    kept = [explanation for explanation in explanations() if explanation.name != name]
    cases: list[Case] = []
    with tempfile.TemporaryDirectory() as folder, patch("features.build.explanations", lambda: kept):
        bare = Lake(Path(folder))
        for part in READ:
            if (lake.root / part).exists():
                (bare.root / part).symlink_to((lake.root / part).resolve(), target_is_directory=True)
        for week in bare.weeks():
            if week <= weeks[-1]:
                prepare(bare, week, parameters)
        bundle = train(learned_from(bare, until, parameters), parameters.train.seed, {}, str(until))
        for week in weeks:
            cases += cases_of(bare, week, {NOTHING: bundle}, parameters)[NOTHING]
    return evaluate(cases, read_events(pq.read_table(truth).to_pandas()), map(str, weeks), CAPACITIES)


@click.command()
@click.option("--lake", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--truth", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--only", multiple=True, help="An explanation to leave out; default: each in turn.")
def main(lake: Path, truth: Path, only: tuple[str, ...]) -> None:
    """Print recall without each explanation, and what is lost."""
    whole = judged_without(Lake(lake), truth, "", Parameters())
    click.echo(f"{'without':34}" + "".join(f"{f'@{k}':>8}{'lost':>8}" for k in CAPACITIES))
    click.echo(_line("nothing", whole, whole))
    for name in only or [explanation.name for explanation in explanations()]:
        click.echo(_line(name, judged_without(Lake(lake), truth, name, Parameters()), whole))


def _line(name: str, found: Evaluation, whole: Evaluation) -> str:
    return f"{name:34}" + "".join(f"{found.recall[k]:8.2f}{whole.recall[k] - found.recall[k]:8.2f}" for k in CAPACITIES)


if __name__ == "__main__":
    main()
