"""The work of a week, whether it is needed or not: what `stages` asks for, imported only when there is something to do, as it
brings all heavy libraries."""

from pipelines.steps.facts import prepare
from pipelines.steps.reporting import report
from pipelines.steps.scoring import score
from pipelines.steps.training import challenger, champion, model, train

__all__ = ["challenger", "champion", "model", "prepare", "report", "score", "train"]
