"""What is tried next, and what of it is best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from features.errors import BadParametersError
from models.search import Space, Trial, best, suggest
from pipelines.lifecycle.trials import Judged
from pipelines.parameters import Parameters
from pipelines.steps.retrain import Level

SPACE: Space = {name: [0, 1, 2, 3, 4] for name in ("knn", "near", "cblof", "mcd")}


def tried(space: Space, many: int, seed: int, before: Sequence[Trial] = ()) -> list[Trial]:
    """Trials that are worth as much as they have parameters of value 2."""
    trials = list(before)
    while len(trials) < many and (given := suggest(space, trials, seed)) is not None:
        trials.append(Trial(len(trials), given, {"objective": float(sum(value == 2 for value in given.values()))}))
    return trials


def test_the_same_seed_tries_the_same_also_after_an_interruption() -> None:
    whole = tried(SPACE, 20, 1)
    assert tried(SPACE, 20, 1, whole[:13]) == whole
    assert tried(SPACE, 20, 2) != whole


def test_nothing_is_tried_twice_and_in_the_end_everything_was() -> None:
    small: Space = {"knn": [100, 0, 30], "mcd": [0.9, 0, 0.7, 0.8]}
    trials = tried(small, 1000, 1)
    assert len(trials) == 12
    assert {tuple(trial.parameters.values()) for trial in trials} == set(product(*small.values()))


def test_it_learns_what_does_well() -> None:
    """By chance a trial would be worth 0.8; after twenty of them the next twenty are worth half as much again."""
    later = [trial.value for seed in range(4) for trial in tried(SPACE, 40, seed)[20:]]
    assert sum(later) / len(later) > 1.2


def test_the_best_is_the_highest_then_the_earliest_and_no_failed_one() -> None:
    trials = [
        Trial(0, {}, {"objective": 0.5}), Trial(1, {}, failed="no"), Trial(2, {}, {"objective": 0.7}),
        Trial(3, {}, {"objective": 0.7}),
    ]  # fmt: skip
    assert best(trials) == trials[2]
    assert best(trials[1:2]) is None
    assert suggest(SPACE, [Trial(0, dict.fromkeys(SPACE, 0), failed="no")], 1) not in (None, dict.fromkeys(SPACE, 0))


def judged(at_20: float, at_50: float, *levels: Level) -> float:
    return Judged({20: at_20, 50: at_50, 100: 1.0}, 10, levels).figures(60)["objective"]


def test_recall_at_capacity_decides_then_shorter_lists_and_the_promise_before_all() -> None:
    assert judged(0.0, 0.8) > judged(0.7, 0.7), "one event more at capacity outweighs all in shorter lists"
    assert judged(0.6, 0.7) > judged(0.5, 0.7)
    broken, kept = Level(10, 20, 4, 40, 90, 0), Level(10, 20, 4, 40, 50, 4)
    assert judged(1.0, 1.0, broken) < judged(0.0, 0.0, kept)
    few = Level(10, 20, 3, 30, 90, 0)
    assert judged(1.0, 1.0, few) == judged(1.0, 1.0), "three weeks do not tell whether a promise holds"
    above = Level(0, 10, 4, 40, 90, 0)
    assert judged(1.0, 1.0, above) == judged(1.0, 1.0), "misuse that was found breaks no promise"


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"detectors.lof": [5]}, "detectors.lof is no parameter of train"),
        ({"detectors": [5]}, "detectors is no parameter of train"),
        ({"detectors.knn": [-1]}, "detectors.knn"),
        ({"detectors.mcd": [0.3]}, "detectors.mcd"),
        ({"seed": [1, 2]}, "a lucky seed"),
    ],
)
def test_a_space_of_other_things_than_training_is_refused(space: dict[str, list[int]], said: str) -> None:
    with pytest.raises(BadParametersError, match=said):
        Parameters.checked({"search": {"space": space}}, "a file")


def test_a_parameter_file_of_a_search_says_what_is_not_the_default_and_training_whole() -> None:
    given = Parameters.checked({"score": {"capacity": 20}}, "a file")
    found = given.with_train(given.train.changed({"at_most_weeks": 6, "detectors.knn": 0})).differing()
    assert found["score"] == {"capacity": 20}
    assert set(found) == {"score", "train"}
    again = Parameters.checked(found, "the same")
    assert (again.train.at_most_weeks, again.train.detectors.knn, again.train.detectors.near) == (6, 0, 20)
