"""The log contract as code: the columns of a delivered request, their grades, types and allowed values."""

from __future__ import annotations

from dataclasses import dataclass

RESULTS = ("provided", "no_record", "withheld", "refused", "error", "pending")
CHANNELS = ("interactive", "batch")
RESPONSE_MODES = ("auto", "manual")
COPIES = ("core", "requester", "provider")
"""Whose record it is, in the order in which they are believed."""
UNKNOWN = "unknown"
"""What a value becomes that is none of the allowed ones."""
CODE_LENGTH = 16


@dataclass(frozen=True)
class Column:
    """A column of a delivered table.

    `kind` is DuckDB's name of its type; a `required` column must be there and may hold no null. A value of a
    required column that is longer than `at_most` or does not begin with `begins` is impossible; a value that is not
    among `allowed` is unknown.
    """

    name: str
    kind: str
    japanese: str
    meaning: str = ""
    grade: str = "A"
    required: bool = False
    allowed: tuple[str, ...] = ()
    begins: str = ""
    at_most: int | None = None


LINKAGE_LOG: tuple[Column, ...] = (
    Column("request_id", "VARCHAR", "処理通番", "ties request and response; unique", required=True),
    Column("requested_at", "TIMESTAMP", "照会依頼日時", "when the request was made", required=True),
    Column("responded_at", "TIMESTAMP", "提供日時", "when it was answered; null if never"),
    Column("requester_agency", "VARCHAR", "情報照会者機関コード", "who asks", required=True, at_most=CODE_LENGTH),
    Column("provider_agency", "VARCHAR", "情報提供者機関コード", "who is asked", required=True, at_most=CODE_LENGTH),
    Column("affair_code", "VARCHAR", "事務コード", "the affair", required=True, begins="JM", at_most=CODE_LENGTH),
    Column("procedure_code", "VARCHAR", "事務手続コード", "the procedure within the affair",
           required=True, begins="JT", at_most=CODE_LENGTH),
    Column("item_code", "VARCHAR", "特定個人情報名コード", "what is asked for",
           required=True, begins="TM", at_most=CODE_LENGTH),
    Column("result", "VARCHAR", "応答結果", "how it was answered", required=True, allowed=RESULTS),
    Column("requester_nondisclosure", "BOOLEAN", "照会側不開示コード", "the fact of the request is not to be disclosed"),
    Column("provider_nondisclosure", "BOOLEAN", "提供側不開示コード", "the same, as the provider says"),
    Column("requester_delegator", "VARCHAR", "照会側機関コード（委任元）", "for whom the requester asks"),
    Column("provider_delegator", "VARCHAR", "提供側機関コード（委任元）", "for whom the provider answers"),
    Column("channel", "VARCHAR", "照会方法", "at a screen, or by file upload without a user", "B", allowed=CHANNELS),
    Column("requester_department", "VARCHAR", "情報照会者部署コード", "the department of the official", "B"),
    Column("requester_user", "VARCHAR", "情報照会者ユーザーID", "the official, pseudonymous", "B"),
    Column("requester_terminal", "VARCHAR", "端末", "the terminal", "B"),
    Column("response_mode", "VARCHAR", "応答方法", "answered by the machine or by hand", "B", allowed=RESPONSE_MODES),
    Column("inquiry_from", "DATE", "照会開始日付", "first day of the period asked about", "B"),
    Column("inquiry_to", "DATE", "照会終了日付", "last day of the period asked about", "B"),
    Column("items_returned", "INTEGER", "回答項目数", "data items in the answer", "B"),
    Column("subject_key", "VARCHAR", "対象者（機関内仮名）", "the person, the same within one agency only", "B"),
    Column("case_ref", "VARCHAR", "受付番号", "the application that the request serves", "B"),
    Column("subject_key_national", "VARCHAR", "対象者（全国仮名）", "the person, the same across agencies", "C"),
)  # fmt: skip
RECORD_COPY = Column("record_copy", "VARCHAR", "記録の別", "whose copy of the record this is", "any", allowed=COPIES)
DELIVERED = (*LINKAGE_LOG, RECORD_COPY)
NAMES = tuple(column.name for column in LINKAGE_LOG)
