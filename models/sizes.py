"""How large each detector is: parameters of training, kept with the model that they made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

PREFIX = "detectors."
"""What the name of a size begins with among the parameters of a model."""


@dataclass(frozen=True)
class Sizes:
    """A number for each detector; 0 leaves it out.

    Trees of the isolation forest, far and near neighbours, groups, and the share of the rows that an ellipse must hold: the libraries'
    usual sizes, chosen on the half of the public tables that was not kept aside (`benchmarks/tabular.py`).
    """

    iforest: int = 200
    knn: int = 100
    near: int = 20
    cblof: int = 8
    mcd: float = 0.9

    @classmethod
    def of(cls, parameters: Mapping[str, str | int | float]) -> Sizes:
        """Those that a model was trained with; of a program that knew no others it does not say."""
        usual = asdict(cls())
        return cls(**{name: type(size)(parameters.get(PREFIX + name, size)) for name, size in usual.items()})

    def told(self) -> dict[str, int | float]:
        """By name, as they stand among a model's parameters."""
        return {PREFIX + name: size for name, size in asdict(self).items()}

    def unusual(self) -> dict[str, int | float]:
        """Those that are not the usual ones."""
        usual = USUAL.told()
        return {name: size for name, size in self.told().items() if size != usual[name]}

    def __getitem__(self, detector: str) -> int | float:
        """The size of a detector; 0 for one that has none."""
        return self.told().get(PREFIX + detector, 0)


USUAL = Sizes()
"""The sizes of `params.yaml`."""
