"""What a week's log and reference tables hold at all: of what they lack a report says that it lacks, and not that it was not found."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from features.catalogue import Rule, rules
from reports.inputs import ReportInputs

RULE = re.compile(r"^(?:規則|rule) (\w+)(?: \([\w, ]*\))?$")
"""How a rule that was not checked is named in the coverage statement."""


@dataclass(frozen=True)
class Known:
    """`lacking` are columns without any value this week and reference tables without any row; `unchecked` are rules, by name,
    that were not held against the log."""

    lacking: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()

    def has(self, *names: str) -> bool:
        """Whether the log or the reference tables hold all of these."""
        return not self.lacking.intersection(names)

    @property
    def officials(self) -> bool:
        """Whether any request names who made it."""
        return self.has("requester_user")

    @property
    def checked(self) -> tuple[Rule, ...]:
        """The rules that could be broken this week: what speaks of officials only where some are named."""
        return tuple(
            rule for rule in rules() if rule.name not in self.unchecked and (rule.grade == "A" or self.officials)
        )

    def serves(self, purpose: str | None) -> bool:
        """Whether a passage is true of this log: one about `officials`, about `rules`, or about anything (None)."""
        return {None: True, "officials": self.officials, "rules": bool(self.checked)}[purpose]


def read_known(inputs: ReportInputs) -> Known:
    """From the coverage statement and the tables that were delivered."""
    coverage = json.loads(inputs.coverage.read_text(encoding="utf-8"))
    empty = {name for name, share in (coverage.get("columns") or {}).items() if not share}
    told = [entry.get("what_ja", "") for entry in coverage.get("left_out") or [] if isinstance(entry, dict)]
    unchecked = {found[1] for found in map(RULE.match, told) if found}
    return Known(frozenset(empty | set(inputs.empty_tables)), frozenset(unchecked))
