"""`shirabe search`: parameters of training tried within a budget, each judged through time; the best as a parameter file."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from features.errors import BadParametersError, ShirabeError, TooLittleHistoryError
from features.weeks import Week
from models.registry.trials import HELD, TRIAL, TrialRuns
from models.search import Trial, Value, best, suggest
from pipelines.lake import Lake
from pipelines.lake.identity import identity
from pipelines.lake.stamps import definitions_fingerprint, file_fingerprint, parameters_fingerprint
from pipelines.lifecycle.judging import events_of
from pipelines.lifecycle.trials import Bench
from pipelines.logs import EventLog
from pipelines.parameters import Parameters
from pipelines.steps.facts import prepare
from pipelines.steps.inputs import reference
from pipelines.steps.training import registry

FAILURES = (ValueError, ArithmeticError, MemoryError, BadParametersError, TooLittleHistoryError)
"""What parameters can be at fault for: they do not go together, or a library cannot learn with them. Anything else ends the search."""


@dataclass(frozen=True)
class Budget:
    """So many trials in all, those of earlier runs among them, and none that starts after a time of `time.monotonic`."""

    trials: int
    until: float = float("inf")

    def allows(self, done: int) -> bool:
        """Whether one more may start."""
        return done < self.trials and time.monotonic() < self.until


@dataclass(frozen=True)
class Plan:
    """The weeks that trials are judged on, and the later ones that none of them sees."""

    judged: tuple[Week, ...]
    held: tuple[Week, ...]


@dataclass(frozen=True)
class Found:
    """All trials, the first with the present parameters; what that one and the best are worth on the held weeks; the parameter file
    of the best."""

    plan: Plan
    trials: tuple[Trial, ...]
    best: Trial
    held: tuple[Trial, ...]
    by_truth: bool
    file: Path

    def held_of(self, trial: Trial) -> Trial | None:
        """The same parameters on the held weeks; None if they failed there or were not asked."""
        return next((each for each in self.held if each.number == trial.number and not each.failed), None)


def plan(lake: Lake, parameters: Parameters) -> Plan:
    """The latest weeks with enough before them; TooLittleHistoryError if none is left to search on."""
    asked, least, loaded = parameters.search, parameters.train.at_least_weeks, lake.weeks()
    chosen = loaded[least:][-(asked.judged_weeks + asked.held_weeks) :]
    if len(chosen) <= asked.held_weeks:
        raise TooLittleHistoryError(
            f"{len(loaded)} week(s) are loaded: {least} to learn from, {asked.held_weeks} to hold back and one to search on are "
            "needed; deliver earlier weeks, or lower search.held_weeks in a parameter file"
        )
    return Plan(tuple(chosen[: -asked.held_weeks]), tuple(chosen[-asked.held_weeks :]))


def search(lake: Lake, parameters: Parameters, budget: Budget, truth: Path | None, log: EventLog) -> Found:
    """Try parameters until the budget is spent; nothing is registered, no table of a week is changed.

    The same lake, parameters and truth go on where an earlier run ended. ShirabeError if no trial came to an end.
    """
    weeks = plan(lake, parameters)
    prepare(lake, weeks.held[-1], parameters, log.part)
    events = None if truth is None else events_of(lake, truth)
    key = _key(lake, parameters, truth)
    runs = registry(lake).search(key, _data(lake))
    with Bench(lake, parameters, events) as bench:
        while budget.allows(len(trials := runs.done())) and (given := _next(parameters, trials)) is not None:
            _record(bench, Trial(len(trials), given), weeks.judged, runs, TRIAL, log)
            log.part(f"trial {len(trials)}", len(trials) + 1, budget.trials, 0.0)
        chosen = best(trials)
        if chosen is None:
            why = trials[0].failed if trials else "the time was over before the first one; allow more --minutes"
            raise ShirabeError(f"no trial came to an end: {why}")
        for trial in {trial.number: trial for trial in (trials[0], chosen)}.values():
            if trial.number not in {each.number for each in runs.done(HELD)}:
                _record(bench, trial, weeks.held, runs, HELD, log)
    found = Found(weeks, tuple(trials), chosen, tuple(runs.done(HELD)), truth is not None, lake.search(key))
    held = found.held_of(chosen)
    after = {} if held is None else {f"held.{name}": value for name, value in held.figures.items()}
    runs.conclude(chosen, {**chosen.figures, **after}, len(trials))
    _write(lake, parameters, found)
    return found


def _next(parameters: Parameters, trials: Sequence[Trial]) -> dict[str, Value] | None:
    """The present parameters first, then what is suggested; None if everything was tried."""
    present = parameters.train.present(parameters.search.space)
    if not trials:
        return present
    space = {name: list(dict.fromkeys([present[name], *choices])) for name, choices in parameters.search.space.items()}
    return suggest(space, trials, parameters.search.seed)


def _record(bench: Bench, trial: Trial, weeks: Sequence[Week], runs: TrialRuns, kind: str, log: EventLog) -> None:
    """Judge the parameters of a trial on some weeks, and log what came of it."""
    started = time.monotonic()
    try:
        judged = bench.judged(bench.parameters.train.changed(trial.parameters), weeks)
        done = Trial(trial.number, trial.parameters, judged.figures(bench.parameters.score.capacity))
    except FAILURES as error:
        # Only the kind of a library's error: its text could quote a row.
        why = str(error) if isinstance(error, ShirabeError) else type(error).__name__
        done = Trial(trial.number, trial.parameters, failed=" ".join(why.split()))
        log.warned("trial_failed", f"trial {trial.number} failed: {done.failed}", number=trial.number)
    runs.record(done, time.monotonic() - started, kind)


def _key(lake: Lake, parameters: Parameters, truth: Path | None) -> str:
    """What a search is known by: all that its trials depend on, but not how many there may be."""
    sections = (parameters.features, parameters.train, parameters.search, parameters.score)
    logs = {str(week): file_fingerprint(lake.log(week)) for week in lake.weeks()}
    known = "" if truth is None else file_fingerprint(truth)
    program = definitions_fingerprint(["features", "models", "pipelines.lifecycle"])
    asked = [identity(lake), program, parameters_fingerprint(*sections), logs, reference(lake), known]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _data(lake: Lake) -> dict[str, str]:
    """Fingerprints of the weeks' facts, as a training's run has them."""
    files = {week: lake.facts("rated_visit", week) for week in lake.weeks()}
    return {f"data.{week}": file_fingerprint(file) for week, file in files.items() if file.exists()}


def _write(lake: Lake, parameters: Parameters, found: Found) -> None:
    """The best trial's parameters as a file for `--params`, unless it is there."""
    best_of_all = parameters.with_train(parameters.train.changed(found.best.parameters))
    said = "".join(f"# {line}\n" for line in figures(found))
    text = f"{said}{yaml.safe_dump(best_of_all.differing(), sort_keys=False, allow_unicode=True)}"
    if not found.file.exists() or found.file.read_text(encoding="utf-8") != text:
        with lake.replacing(found.file) as draft:
            draft.write_text(text, encoding="utf-8")


def figures(found: Found) -> list[str]:
    """What the present parameters and the best are worth, on the weeks of the search and on those held back."""
    failed = sum(bool(trial.failed) for trial in found.trials)
    by = "the truth" if found.by_truth else "misuse planted into copies"
    lengths = "".join(f"{f'@{length}':>7}" for length in found.best.recall)
    return [
        f"{len(found.trials)} trials, {failed} of them failed; recall by {by}, the longest list decides",
        f"{'':24}{_span(found.plan.judged):24}held back: {_span(found.plan.held)}",
        f"{'':24}{lengths:24}{lengths}",
        _row("present parameters", found, found.trials[0]),
        _row(f"best: trial {found.best.number}", found, found.best),
    ]


def _row(label: str, found: Found, trial: Trial) -> str:
    return f"{label:24}{_told(trial):24}{_told(found.held_of(trial))}".rstrip()


def _told(trial: Trial | None) -> str:
    if trial is None or trial.failed:
        return f"{'failed':>7}"
    return "".join(f"{share:7.2f}" for share in trial.recall.values()) + (
        "" if trial.figures["promise_holds"] else " !"
    )


def _span(weeks: Sequence[Week]) -> str:
    return str(weeks[0]) if len(weeks) == 1 else f"{weeks[0]} to {weeks[-1]}"


def lines(found: Found) -> list[str]:
    """The result for a person: figures, the best parameters, and what to do next."""
    text = figures(found)
    if any(not trial.failed and not trial.figures["promise_holds"] for trial in (found.trials[0], found.best)):
        text.append("!: more or fewer cases than its lists are promised to hold")
    text += [f"  train.{name}: {value}" for name, value in found.best.parameters.items()]
    if not found.best.number:
        text.append("no trial is better than the present parameters")
    return [
        *text,
        "the best of many trials looks better than it is on the weeks that chose it; the weeks held back say what to expect",
        f"next: shirabe train --until {found.plan.held[0]} --params {found.file}, then shirabe compare",
    ]
