"""What a case is called and what it tells: title, story, and what would have had to be otherwise, true of its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from features.catalogue import statistics
from models.cases import wording
from models.cases.contributions import LEARNED
from models.cases.evidence import MANY_ACCOUNTS, OF_REQUESTS, Evidence
from models.cases.reasons import cell_of, label_of
from models.ranking.findings import OFFICIAL, ONE_ATTRIBUTE, OVER_TIME, RULE_VIOLATION
from models.statistics.unexplained import LEAD
from models.statistics.unnamed_sittings import UNNAMED_SITTING

Reasons = Sequence[Mapping[str, object]]


def title_of(finding: Any, reasons: Reasons, register: bool) -> wording.Text:
    """What a case is called: its statistic's label, or that of the attribute that leads an official's week, so that the title is
    of the number beside it; without a register of cases nothing is called unexplained."""
    first = str(reasons[0]["feature"])
    if finding.statistic == OFFICIAL and first == LEARNED:
        return wording.sentence("unregistered_title")
    if finding.statistic == OFFICIAL and first != LEAD:
        return wording.title_of_attribute(first)
    if finding.statistic in (OFFICIAL, OVER_TIME) and not register:
        return wording.sentence("unregistered_title")
    return wording.title_of_attribute(finding.attribute) if finding.statistic == ONE_ATTRIBUTE else label_of(finding)


def story_of(finding: Any, proof: Evidence, reasons: Reasons, register: bool) -> wording.Text:
    """What happened, in the numbers of the evidence; what the log does not name, or no evidence bears out, is not told."""
    numbers = {
        "days": proof.days, "visits": proof.visits, "requests": proof.requests, "subjects": len(proof.subjects),
        "officials": len(proof.users), "departments": proof.departments,
        "actual": finding.actual,
    }  # fmt: skip
    told = {name: wording.number(value) for name, value in numbers.items()}
    return _template(finding, proof, reasons, register).filled(
        typical=wording.expected(finding.typical),
        cell=cell_of(finding),
        rule=wording.of_rule(finding.rule, "label"),
        when=when_of(finding),
        also=also_of(finding, proof),
        terminal=finding.slot if finding.statistic == MANY_ACCOUNTS else "",
        **told,
    )


def when_of(finding: Any) -> wording.Text:
    """When the sitting of a finding was, from its first request to its last; nothing where a finding is of no sitting."""
    if not (moments := moments_of(finding)):
        return wording.Text("", "")
    first, last = moments
    numbers = {
        "year": first.year,
        "month": first.month,
        "day": first.day,
        "first": f"{first:%H:%M}",
        "last": f"{last:%H:%M}",
    }
    # A sitting may outlast midnight: then its end has a date of its own.
    name = "when" if first.date() == last.date() else "when_overnight"
    name = "when_minute" if numbers["first"] == numbers["last"] and name == "when" else name
    return wording.sentence(name).filled(**numbers, last_month=last.month, last_day=last.day)


def moments_of(finding: Any) -> tuple[datetime, datetime] | None:
    """The first and the last moment of the sitting of a finding; None of any other finding."""
    if finding.statistic != UNNAMED_SITTING:
        return None
    first, last = (datetime.fromisoformat(moment) for moment in finding.slot.split("/")[:2])
    return first, last


def also_of(finding: Any, proof: Evidence) -> wording.Text:
    """What else than what its requests have in common is rare about the sitting of a finding, and how many people it is about where
    the log names them; nothing of any other finding."""
    if finding.statistic != UNNAMED_SITTING:
        return wording.Text("", "")
    told = []
    if traits := str(finding.slot).split("/")[2]:
        words = [wording.of_cell("trait", trait) for trait in traits.split("+")]
        listed = wording.Text("、".join(word.ja for word in words), ", ".join(word.en for word in words))
        told.append(wording.sentence("also").filled(traits=listed))
    if proof.subjects:
        told.append(wording.sentence("people_of_sitting").filled(people=wording.number(len(proof.subjects))))
    return wording.Text("".join(each.ja for each in told), "".join(each.en for each in told))


def _template(finding: Any, proof: Evidence, reasons: Reasons, register: bool) -> wording.Text:
    story = wording.of_statistic(finding.statistic, "story")
    if not proof.request_ids and any(f"{{{name}}}" in story.ja for name in ("days", "visits", "subjects")):
        return wording.sentence("nothing_listed")
    if finding.requester_user is not None and not proof.subjects and "{visits}" in story.ja:
        return wording.sentence("nobody_named")
    if not proof.subjects and "{subjects}" in story.ja:
        return wording.sentence("nobody_named_of_requests")
    if statistics()[finding.statistic].of_reasons and not register:
        return wording.sentence("unregistered")
    if finding.statistic == OFFICIAL and not _is_of_reasons(proof, reasons):
        return wording.sentence("part_without_reason" if proof.without_reason else "part_most_unusual")
    return story


def _is_of_reasons(proof: Evidence, reasons: Reasons) -> bool:
    """Whether work without a reason leads an official's week and is what is listed."""
    return proof.without_reason and str(reasons[0]["feature"]) == LEAD


def without_what(finding: Any, proof: Evidence, reasons: Reasons) -> wording.Text:
    """What would have had to be otherwise: no visits are named where requests are the evidence, or where there is none; where
    what is listed is not what leads, the reason that leads is named with its share."""
    statistic, of_visits = finding.statistic, finding.requester_user is not None or finding.subject_key is not None
    if not proof.request_ids:
        return wording.sentence("without_excess" if of_visits else "without_fall")
    if statistic == OFFICIAL and not _is_of_reasons(proof, reasons):
        share = wording.number(round(100.0 * float(str(reasons[0]["contribution"]))))
        return wording.sentence("without_first").filled(label=_reason_label(str(reasons[0]["feature"])), share=share)
    if statistic in (RULE_VIOLATION, *OF_REQUESTS) or not of_visits or not proof.subjects:
        return wording.sentence("without_requests").filled(requests=wording.number(proof.requests))
    return wording.sentence("counterfactual").filled(visits=wording.number(proof.visits))


def _reason_label(feature: str) -> wording.Text:
    return wording.sentence("learned_label") if feature == LEARNED else wording.of_attribute(feature)
