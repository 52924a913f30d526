"""`shirabe models`, `promote`, `rollback`, `shadow` and `reproduce`: which model judges, by the word of two people, which did when,
and whether it can be made again."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from features.weeks import Week
from pipelines.commands.options import FILE, LAKE, PARAMS, read_week, speaking
from pipelines.logs import EventLog

if TYPE_CHECKING:
    from pipelines.lake import Lake
    from pipelines.lake.promotions import Approval, Period
    from pipelines.lifecycle.changes import Succession
    from pipelines.lifecycle.provenance import Judged, Lived


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
@LAKE
@click.option("--week", callback=read_week, help="Only: which model scored this week, and when it was live.")
@speaking
def models(log: EventLog, *, lake: Path, week: Week | None) -> None:
    """List every registered model: what it learned from, when it was live, which weeks it scored."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import require_lake
    from pipelines.lifecycle.provenance import judged, lives

    require_lake(Lake(lake))
    if week is not None:
        for revision in judged(Lake(lake), week):
            _tell_judged(log, revision)
        return
    found = lives(Lake(lake))
    for each in found:
        _tell_lived(log, each, Lake(lake).card(each.model.version))
        _tell_advice(log, Lake(lake), each)
    if not found:
        log.result("no_model", "no model is registered; run `shirabe train`")


def _tell_lived(log: EventLog, each: Lived, card: Path) -> None:
    model, scored = each.model, [str(week) for week in each.scored]
    learned = f"{len(model.weeks)} weeks" + (f" ({model.weeks[0]} to {model.weeks[-1]})" if model.weeks else "")
    text = f"{model.version}{f' ({model.alias})' if model.alias else ''}: trained until {model.until or 'unknown'}"
    text += f" on {learned}, {model.official_weeks} official-weeks; {_lived(each.periods)}; "
    text += f"scored {', '.join(scored) or 'no week'}; card: {card if card.exists() else 'none'}"
    log.result(
        "model", text, version=model.version, alias=model.alias, until=model.until, weeks=list(model.weeks),
        official_weeks=model.official_weeks, live=_spans(each.periods), scored=scored, card=str(card) if card.exists() else None,
    )  # fmt: skip


def _tell_advice(log: EventLog, lake: Lake, each: Lived) -> None:
    """Of the champion: whether to train anew, as of the last week that it scored."""
    from pipelines.steps.retrain import advice_on_file

    if each.model.alias != "champion" or not each.scored:
        return
    if advice := advice_on_file(lake, each.scored[-1]):
        text = f"champion {each.model.version}, as of {each.scored[-1]}: {advice['text_en']}"
        log.result("retrain", text, version=each.model.version, advised=advice["advised"])


def _tell_judged(log: EventLog, each: Judged) -> None:
    superseded = " (superseded)" if each.superseded else ""
    text = f"revision {each.revision} of {each.week}{superseded} was scored by {each.version}: {_lived(each.periods)}"
    log.result(
        "judged", text, week=str(each.week), revision=each.revision, superseded=each.superseded, version=each.version,
        live=_spans(each.periods),
    )  # fmt: skip


def _lived(periods: tuple[Period, ...]) -> str:
    """In words, when a version was live."""
    spans = (f"from {p.since or 'before the record began'}" + (f" to {p.until}" if p.until else "") for p in periods)
    return f"live {', '.join(spans)}" if periods else "never live by the record"


def _spans(periods: tuple[Period, ...]) -> list[dict[str, str | None]]:
    return [{"from": period.since, "to": period.until} for period in periods]


@click.command()
@click.argument("version", default="challenger")
@LAKE
@click.option("--truth", type=FILE, help="truth.parquet of a simulated world: what was planted in the compared weeks.")
@PARAMS
@speaking
def compare(log: EventLog, *, version: str, lake: Path, truth: Path | None, params: Path | None) -> None:
    """Hold a registered VERSION (default: the challenger) beside the champion, on weeks of which neither has learned."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.lifecycle.comparison import compare as side_by_side
    from pipelines.lifecycle.comparison import lines
    from pipelines.parameters import Parameters

    parameters = Parameters.read(params)
    with sole_run(Lake(lake), existing=True):
        done = side_by_side(Lake(lake), version, parameters, truth, log.part)
    failed = done.failed(parameters.promote)
    told = [f"not passed: {gate}" for gate in failed] or ["all gates of promotion are passed"]
    log.result("compared", "\n".join([*lines(done), *told]), champion=done.champion.version, other=done.other.version,
               overlap=done.overlap, weeks=[week.week for week in done.weeks], failed=failed)  # fmt: skip


@click.command()
@LAKE
@click.option(
    "--weeks", type=click.IntRange(1, 52), default=4, show_default=True, help="The last so many loaded weeks."
)
@click.option("--truth", type=FILE, help="truth.parquet of a simulated world: what was planted in these weeks.")
@PARAMS
@speaking
def backtest(log: EventLog, *, lake: Path, weeks: int, truth: Path | None, params: Path | None) -> None:
    """Through time: train before each of the last weeks and judge that week. Registers nothing."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.lifecycle.backtest import backtest as through_time
    from pipelines.lifecycle.backtest import lines
    from pipelines.parameters import Parameters

    with sole_run(Lake(lake), existing=True):
        done = through_time(Lake(lake), Parameters.read(params), weeks, truth, log.part)
    recall = None if done.judged is None else {str(k): found for k, found in done.judged.recall.items()}
    log.result(
        "backtest",
        "\n".join(lines(done)),
        weeks=[str(week) for week in done.weeks],
        cases=list(done.cases),
        recall=recall,
    )


@click.command()
@click.argument("version")
@LAKE
@approved
@PARAMS
@speaking
def promote(
    log: EventLog, *, version: str, lake: Path, by: str, approved_by: str, why: str, params: Path | None
) -> None:
    """Make a registered VERSION (a number, or `challenger`) the champion; two people have to agree, and the gates of
    params.yaml to be passed (see `shirabe compare`)."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.lifecycle.changes import promote as make_champion
    from pipelines.parameters import Parameters

    with sole_run(Lake(lake), existing=True):
        done = make_champion(
            Lake(lake), version, _approval(by, approved_by, why), _now(), Parameters.read(params).promote
        )
    _tell(log, "promoted", done)


@click.command()
@LAKE
@approved
@speaking
def rollback(log: EventLog, *, lake: Path, by: str, approved_by: str, why: str) -> None:
    """Make the champion before this one the champion again; two people have to agree."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.lifecycle.changes import rollback as go_back

    with sole_run(Lake(lake), existing=True):
        done = go_back(Lake(lake), _approval(by, approved_by, why), _now())
    _tell(log, "rolled_back", done)


@click.command()
@click.argument("version")
@LAKE
@click.option("--by", required=True, callback=_said, help="Who asks for it.")
@click.option("--why", required=True, callback=_said, help="The reason, for the record.")
@speaking
def shadow(log: EventLog, *, version: str, lake: Path, by: str, why: str) -> None:
    """Have a registered VERSION score each week beside the champion, without altering any result; `none` ends it."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.steps.shadow import cast_shadow

    with sole_run(Lake(lake), existing=True):
        done = cast_shadow(Lake(lake), version, by, why, _now())
    text = f"model version {done.version} is the shadow" if done.version else "there is no shadow"
    text += f" in place of {done.before}" if done.before not in (None, done.version) else ""
    log.result("shadow", f"{text}; the next scored week says how it differs", version=done.version, before=done.before)


@click.command()
@click.argument("version")
@LAKE
@PARAMS
@speaking
def reproduce(log: EventLog, *, version: str, lake: Path, params: Path | None) -> None:
    """Make a registered VERSION again from what it learned from, and say whether the same scores come out."""
    from pipelines.lake import Lake
    from pipelines.lake.locks import sole_run
    from pipelines.lifecycle.reproduction import reproduce as make_again
    from pipelines.parameters import Parameters

    with sole_run(Lake(lake), existing=True), log.progress(2):
        done = make_again(Lake(lake), version, Parameters.read(params), log)
    threads = " and ".join(str(each.threads) for each in done.rebuilt)
    text = f"model version {done.version} was made again from its {len(done.weeks)} weeks, in {threads} threads: "
    text += f"the same fingerprint and the same scores of its {done.detectors} detectors"
    if done.changed:
        text += f"; {', '.join(done.changed)} changed since, without effect"
    log.result(
        "reproduced", text, version=done.version, weeks=list(done.weeks), threads=[r.threads for r in done.rebuilt],
        changed=list(done.changed),
    )  # fmt: skip


def _approval(by: str, approved_by: str, why: str) -> Approval:
    from pipelines.lake.promotions import Approval

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
