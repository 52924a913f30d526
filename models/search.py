"""Which parameters to try next: Optuna's tree of Parzen estimators (Bergstra and others 2011), asked anew before each trial.

What is suggested follows from the trials before it, the seed and the number alone. A search that was cut short therefore goes on as
an undisturbed one would have gone, without a state of the sampler anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

Value = int | float
Space = Mapping[str, Sequence[Value]]
"""The choices for each parameter, by name."""
ATTEMPTS = 20
"""So often the estimators may name what was tried before; then chance names something else."""


@dataclass(frozen=True)
class Trial:
    """Parameters that were tried and what came of them, figures by name; `failed` says why nothing did."""

    number: int
    parameters: Mapping[str, Value]
    figures: Mapping[str, float] = field(default_factory=dict)
    failed: str = ""

    @property
    def value(self) -> float:
        """What is to be as high as can be; of a failed trial nothing is known."""
        return self.figures["objective"]

    @property
    def recall(self) -> dict[int, float]:
        """The share of the events that lists held, by their length, the longest last."""
        begins = "recall_"
        named = {int(n.removeprefix(begins)): v for n, v in self.figures.items() if n.startswith(begins)}
        return dict(sorted(named.items()))


def suggest(space: Space, trials: Sequence[Trial], seed: int) -> dict[str, Value] | None:
    """Parameters that none of the `trials` had, one of the choices each; None if everything was tried."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions: dict[str, Any] = {
        name: optuna.distributions.CategoricalDistribution(list(choices)) for name, choices in space.items()
    }
    tried = [dict(trial.parameters) for trial in trials]
    if len(tried) >= prod(len(choices) for choices in space.values()):
        return None
    study = optuna.create_study(direction="maximize")
    study.add_trials([_frozen(optuna, trial, distributions) for trial in trials])
    attempt = 0
    while True:
        drawn = int(np.random.SeedSequence([seed, len(trials), attempt]).generate_state(1)[0])
        study.sampler = _sampler(optuna, drawn, attempt)
        found: dict[str, Value] = study.ask(distributions).params
        if found not in tried:
            return found
        attempt += 1


def _sampler(optuna: Any, seed: int, attempt: int) -> Any:
    """First the most promising of many candidates; if that was tried before, any promising one; at last whatever."""
    if attempt >= ATTEMPTS:
        return optuna.samplers.RandomSampler(seed=seed)
    candidates = {} if attempt == 0 else {"n_ei_candidates": 1}
    return optuna.samplers.TPESampler(seed=seed, **candidates)


def _frozen(optuna: Any, trial: Trial, distributions: Mapping[str, Any]) -> Any:
    """A finished trial as Optuna knows it."""
    state = optuna.trial.TrialState.FAIL if trial.failed else optuna.trial.TrialState.COMPLETE
    return optuna.trial.create_trial(
        params=dict(trial.parameters), distributions=dict(distributions), state=state,
        value=None if trial.failed else trial.value,
    )  # fmt: skip


def best(trials: Sequence[Trial]) -> Trial | None:
    """The highest value, of equals the earliest; None if all failed."""
    done = [trial for trial in trials if not trial.failed]
    return max(done, key=lambda trial: (trial.value, -trial.number), default=None)
