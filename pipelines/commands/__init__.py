"""The commands of `shirabe`, in the order in which a newcomer meets them."""

from __future__ import annotations

import click

from pipelines.commands.detection import report, score, train, weekly
from pipelines.commands.judging import evaluate, power, review, verify
from pipelines.commands.lifecycle import backtest, compare, models, promote, reproduce, rollback, shadow
from pipelines.commands.loading import ingest
from pipelines.commands.sample import demo, simulate
from pipelines.commands.search import search

COMMANDS: tuple[click.Command, ...] = (
    demo,
    simulate,
    ingest,
    train,
    score,
    report,
    weekly,
    evaluate,
    power,
    models,
    compare,
    backtest,
    search,
    promote,
    rollback,
    shadow,
    reproduce,
    review,
    verify,
)
