"""`shirabe promote` and `rollback`: which model judges, by the word of two people."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.commands.options import LAKE, speaking
from pipelines.logs import EventLog

if TYPE_CHECKING:
    from pipelines.lifecycle import Succession
    from pipelines.promotions import Approval


def _said(context: click.Context, option: click.Parameter, text: str) -> str:
    """What somebody wrote; wrong usage if that is nothing."""
    if not text.strip():
        raise click.BadParameter("is empty; say it in a few words")
    return " ".join(text.split())


def _another(context: click.Context, option: click.Parameter, text: str) -> str:
    """A second person; wrong usage if it is the first again, in whatever letters."""
    name = _said(context, option, text)
    if _bare(name) == _bare(context.params.get("by", "")):
        raise click.BadParameter("names the same person as --by; a second one has to agree")
    return name


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def approved(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the two people and the reason that another champion needs."""
    for option in (
        click.option("--why", required=True, callback=_said, help="The reason, for the record."),
        click.option("--approved-by", required=True, callback=_another, help="Who agrees: a second person."),
        click.option("--by", required=True, is_eager=True, callback=_said, help="Who asks for it."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("version")
@LAKE
@approved
@speaking
def promote(log: EventLog, *, version: str, lake: Path, by: str, approved_by: str, why: str) -> None:
    """Make a registered VERSION (a number, or `challenger`) the champion; two people have to agree."""
    from pipelines.lake import Lake
    from pipelines.lifecycle import promote as make_champion
    from pipelines.locks import sole_run

    with sole_run(Lake(lake), existing=True):
        done = make_champion(Lake(lake), version, _approval(by, approved_by, why), _now())
    _tell(log, "promoted", done)


@click.command()
@LAKE
@approved
@speaking
def rollback(log: EventLog, *, lake: Path, by: str, approved_by: str, why: str) -> None:
    """Make the champion before this one the champion again; two people have to agree."""
    from pipelines.lake import Lake
    from pipelines.lifecycle import rollback as go_back
    from pipelines.locks import sole_run

    with sole_run(Lake(lake), existing=True):
        done = go_back(Lake(lake), _approval(by, approved_by, why), _now())
    _tell(log, "rolled_back", done)


def _approval(by: str, approved_by: str, why: str) -> Approval:
    from pipelines.promotions import Approval

    return Approval(by, approved_by, why)


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _tell(log: EventLog, event: str, done: Succession) -> None:
    weeks = [str(week) for week in done.scored]
    text = f"model version {done.version} is the champion"
    if done.already:
        text += " already; nothing is changed"
    elif done.before:
        text += f" in place of {done.before}"
    if weeks and not done.already:
        text += f", which scored {', '.join(weeks)}; `shirabe score --week WEEK` makes a new revision of such a week"
    log.result(event, text, version=done.version, before=done.before, scored=weeks)
