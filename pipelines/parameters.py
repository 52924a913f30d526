"""The parameters of every stage: one frozen tree, defaults included, unknown keys forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from features.errors import BadParametersError
from features.weeks import Week
from models.sizes import USUAL, Sizes

SPACE: Mapping[str, Sequence[int | float]] = {
    "at_most_weeks": (4, 6, 13, 26),
    "detectors.iforest": (0, 100, 400),
    "detectors.knn": (0, 30, 60, 200),
    "detectors.near": (0, 5, 10, 40),
    "detectors.cblof": (0, 4, 16, 32),
    "detectors.mcd": (0, 0.7, 0.8, 0.95),
}
"""Each detector left out, or about half and twice as large; from as few weeks as a model may learn to half a year."""
Memory = Annotated[str, Field(pattern=r"^\d+(\.\d+)?(MB|GB)$")]
Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """One section of params.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Simulate(Section):
    """`shirabe simulate`: the size of the generated world."""

    weeks: int = Field(16, ge=1, le=520, description="weeks of logs")
    agencies: int = Field(200, ge=5, le=10_000, description="agencies that ask and answer")
    seed: int = Field(20_261, ge=0, description="the same seed writes the same bytes")
    last_week: str = Field("2026-W46", description="the week in which the log ends")

    @field_validator("last_week")
    @classmethod
    def _is_a_week(cls, text: str) -> str:
        return str(Week.parse(text))

    def resized(self, size: Mapping[str, int | Week | None]) -> Simulate:
        """These choices with those of the command line in their place; None leaves one as it is."""
        given = {name: str(v) if isinstance(v, Week) else v for name, v in size.items() if v is not None}
        values = {"simulate": self.model_dump() | given}
        return Parameters.checked(values, "the size on the command line").simulate


class Ingest(Section):
    """`shirabe ingest`: what the machine may spend on loading."""

    memory_limit: Memory = Field("3GB", description="memory of the query engine")
    threads: int = Field(2, ge=1, le=256, description="threads of the query engine")


class Features(Section):
    """Facts, explanations, rules and features of a week."""

    look_back_weeks: int = Field(26, ge=2, le=156, description="earlier weeks that are one's own history")
    memory_limit: Memory = Field("3GB", description="memory of the query engine")
    threads: int = Field(2, ge=1, le=256, description="threads of the query engine")


def _found(values: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """The section of training in which a value stands, and its name there."""
    section, _, last = name.rpartition(".")
    place = values.get(section) if section else values
    if not isinstance(place, dict) or last not in place or isinstance(place[last], dict):
        raise BadParametersError(f"search.space: {name} is no parameter of train; params.yaml lists them")
    return place, last


class Detectors(Section):
    """How large each detector is; 0 leaves it out."""

    iforest: int = Field(USUAL.iforest, ge=0, le=10_000, description="trees of the isolation forest")
    knn: int = Field(USUAL.knn, ge=0, le=10_000, description="far neighbours")
    near: int = Field(USUAL.near, ge=0, le=10_000, description="near neighbours")
    cblof: int = Field(USUAL.cblof, ge=0, le=1_000, description="groups that officials fall into")
    mcd: float = Field(USUAL.mcd, ge=0, le=1, description="share of the rows that an ellipse must hold")

    @field_validator("mcd")
    @classmethod
    def _is_a_majority(cls, share: float) -> float:
        if 0 < share <= 0.5:
            raise ValueError("an ellipse holds more than half of the rows (or 0: it is left out)")
        return share

    def sizes(self) -> Sizes:
        """As training takes them."""
        return Sizes(**self.model_dump())


class Train(Section):
    """`shirabe train`: what the detectors learn from."""

    at_least_weeks: int = Field(4, ge=3, le=156, description="fewer earlier weeks end with exit code 14")
    at_most_weeks: int = Field(8, ge=2, le=520, description="the latest so many weeks are learned from")
    seed: int = Field(7, ge=0, description="seed of every detector")
    detectors: Detectors = Field(default_factory=Detectors, description="how large each is")

    @model_validator(mode="after")
    def _bounds_agree(self) -> Self:
        if self.at_least_weeks > self.at_most_weeks:
            raise ValueError("at_least_weeks is greater than at_most_weeks")
        return self

    def changed(self, given: Mapping[str, int | float]) -> Train:
        """These with other values, by name (`at_most_weeks`, `detectors.knn`); BadParametersError if they are none of training."""
        values = self.model_dump()
        for name, value in given.items():
            place, last = _found(values, name)
            place[last] = value
        return _checked(type(self), values, "train")

    def present(self, names: Iterable[str]) -> dict[str, int | float]:
        """The values of these names; BadParametersError if they are none of training."""
        places = {name: _found(self.model_dump(), name) for name in names}
        return {name: place[last] for name, (place, last) in places.items()}


class Search(Section):
    """`shirabe search`: which parameters of training are tried, and which weeks they are judged on."""

    seed: int = Field(1, ge=0, description="the same seed tries the same")
    judged_weeks: int = Field(4, ge=1, le=52, description="weeks that each trial is judged on")
    held_weeks: int = Field(2, ge=1, le=52, description="latest weeks that no trial is judged on")
    space: dict[str, list[int | float]] = Field(
        default_factory=lambda: {name: list(choices) for name, choices in SPACE.items()},
        description="what is tried in place of a parameter of train",
    )


class Completeness(Section):
    """When a week is too incomplete to report (exit code 15); each is measured against the weeks before."""

    compared_weeks: int = Field(8, ge=1, le=52, description="earlier weeks whose median is usual")
    requests_share: Share = Field(0.1, description="least requests a working day, as share of the usual")
    agencies_share: Share = Field(0.5, description="least requesting agencies, as share of the usual")
    days_share: Share = Field(0.6, description="least share of the week's working days that hold a request")


class Score(Section):
    """`shirabe score`: cases of a week."""

    capacity: int = Field(50, ge=1, le=1_000_000, description="cases that the inspectors can read in a week")
    requests_share: Share = Field(0.1, description="share of the officials' requests that are kept with a score")
    complete: Completeness = Field(default_factory=Completeness, description="when a week may be reported")


class Drift(Section):
    """Whether a week is still like those that its model learned from."""

    weeks_between_false_alarms: int = Field(
        52, ge=2, le=10_000, description="weeks without change between false alarms"
    )
    least_weeks: int = Field(4, ge=3, le=520, description="with fewer weeks to compare with nothing is said")


class Retrain(Section):
    """`weekly`: when a new model is advised, and whether it is trained without being asked for."""

    after_weeks: int = Field(13, ge=1, le=520, description="age of the champion from which on a new model is advised")
    held_weeks: int = Field(8, ge=4, le=52, description="weeks over which found cases are held against promised ones")
    by_itself: bool = Field(False, description="whether weekly trains an advised challenger; it never promotes one")


class Promote(Section):
    """`shirabe promote`: the gates that another champion has to pass."""

    compared: bool = Field(True, description="only after shirabe compare held it beside the champion")
    least_overlap: Share = Field(0.3, description="least share of the champion's cases that it keeps")
    most_recall_lost: Share = Field(0.02, description="most recall that it may lose, where planted misuse was known")


class Report(Section):
    """`shirabe report`: what the page shows."""

    pdf: bool = Field(True, description="whether report.pdf is made: most of the time that a report takes")
    pdf_in_english: bool = Field(False, description="whether report.en.pdf is made beside it")
    evidence_rows: int = Field(20, ge=1, le=1_000, description="requests shown with each case")


class Engine(Section):
    """Where the SQL of facts, rules and explanations runs. The results are the same, so no step depends on it."""

    name: Literal["duckdb", "spark"] = Field("duckdb", description="on this machine, or on a Spark cluster")
    master: str = Field("local[*]", min_length=1, description="address of the Spark master")
    lake_address: str = Field("", description="where the cluster's workers find the lake, if not under the same path")
    settings: dict[str, str] = Field(default_factory=dict, description="further settings of Spark")


class Lineage(Section):
    """Every step of `weekly`, and each by itself: what it read and wrote, in OpenLineage form."""

    file: str = Field("", pattern=r"^([\w-][\w.-]*(/[\w-][\w.-]*)*)?$", description="file in the lake to add events to")


class Parameters(BaseModel):
    """All parameters, one section for each stage."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    simulate: Simulate = Field(default_factory=Simulate)
    ingest: Ingest = Field(default_factory=Ingest)
    features: Features = Field(default_factory=Features)
    train: Train = Field(default_factory=Train)
    score: Score = Field(default_factory=Score)
    search: Search = Field(default_factory=Search)
    drift: Drift = Field(default_factory=Drift)
    retrain: Retrain = Field(default_factory=Retrain)
    promote: Promote = Field(default_factory=Promote)
    report: Report = Field(default_factory=Report)
    engine: Engine = Field(default_factory=Engine)
    lineage: Lineage = Field(default_factory=Lineage)

    @classmethod
    def read(cls, file: Path | None) -> Parameters:
        """The defaults, overlaid with `file` if one is given; BadParametersError lists every fault."""
        if file is None:
            return cls()
        return cls.checked(_yaml(file), str(file))

    @classmethod
    def checked(cls, values: object, origin: str) -> Parameters:
        """Check values that were read from `origin`; BadParametersError lists every fault with its path."""
        return _checked(cls, {} if values is None else values, origin)

    @model_validator(mode="after")
    def _space_is_of_training(self) -> Self:
        for name, choices in self.search.space.items():
            if name == "seed":
                raise ValueError("search.space: a lucky seed makes no better model; leave out seed")
            for value in choices:
                self.train.changed({name: value})
        return self

    def with_train(self, train: Train) -> Parameters:
        """These parameters with another section `train`."""
        return self.model_copy(update={"train": train})

    def differing(self) -> dict[str, Any]:
        """By section, what is not the default, as a parameter file would say it; training whole."""
        sections = {name: getattr(self, name).model_dump(exclude_defaults=True) for name in type(self).model_fields}
        return {name: values for name, values in sections.items() if values} | {"train": self.train.model_dump()}

    def with_capacity(self, cases: int | None) -> Parameters:
        """These parameters with another number of cases, as `--capacity` asks."""
        if cases is None:
            return self
        values = self.model_dump()
        values["score"]["capacity"] = cases
        return type(self).checked(values, "--capacity")

    def with_engine(self, name: str | None, master: str | None) -> Parameters:
        """These parameters with another engine, as `--engine` and `--master` ask."""
        asked = {key: value for key, value in (("name", name), ("master", master)) if value is not None}
        values = self.model_dump()
        values["engine"] |= asked
        return type(self).checked(values, "--engine and --master")


Model = TypeVar("Model", bound=BaseModel)


def _checked(model: type[Model], values: object, origin: str) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = "\n".join(f"  {_place(fault)}: {fault['msg']}" for fault in error.errors())
        raise BadParametersError(
            f"{origin}: {error.error_count()} unusable parameter(s):\n{faults}\n"
            "params.yaml lists every key with its default."
        ) from None


def _place(fault: Any) -> str:
    return ".".join(str(part) for part in fault["loc"]) or "the file as a whole"


def _yaml(file: Path) -> object:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadParametersError(
            f"{file}: cannot be read ({error.strerror}); give an existing file to --params"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadParametersError(f"{file}: is no YAML: {error}") from None
