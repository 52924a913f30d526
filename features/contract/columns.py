"""The log contract as code: columns, grades, types, allowed values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of a delivered table: its type is DuckDB's name for it; `required` columns may hold no null."""

    name: str
    kind: str
    japanese: str
    grade: str = "A"
    required: bool = False


LINKAGE_LOG: tuple[Column, ...] = (
    Column("request_id", "VARCHAR", "処理通番", required=True),
    Column("requested_at", "TIMESTAMP", "照会依頼日時", required=True),
    Column("responded_at", "TIMESTAMP", "提供日時"),
    Column("requester_agency", "VARCHAR", "情報照会者機関コード", required=True),
    Column("provider_agency", "VARCHAR", "情報提供者機関コード", required=True),
    Column("affair_code", "VARCHAR", "事務コード", required=True),
    Column("procedure_code", "VARCHAR", "事務手続コード", required=True),
    Column("item_code", "VARCHAR", "特定個人情報名コード", required=True),
    Column("result", "VARCHAR", "応答結果", required=True),
    Column("requester_nondisclosure", "BOOLEAN", "照会側不開示コード"),
    Column("provider_nondisclosure", "BOOLEAN", "提供側不開示コード"),
    Column("requester_delegator", "VARCHAR", "照会側機関コード（委任元）"),
    Column("provider_delegator", "VARCHAR", "提供側機関コード（委任元）"),
    Column("channel", "VARCHAR", "照会方法", "B"),
    Column("requester_department", "VARCHAR", "情報照会者部署コード", "B"),
    Column("requester_user", "VARCHAR", "情報照会者ユーザーID", "B"),
    Column("requester_terminal", "VARCHAR", "端末", "B"),
    Column("response_mode", "VARCHAR", "応答方法", "B"),
    Column("inquiry_from", "DATE", "照会開始日付", "B"),
    Column("inquiry_to", "DATE", "照会終了日付", "B"),
    Column("items_returned", "INTEGER", "回答項目数", "B"),
    Column("subject_key", "VARCHAR", "対象者（機関内仮名）", "B"),
    Column("case_ref", "VARCHAR", "受付番号", "B"),
    Column("subject_key_national", "VARCHAR", "対象者（全国仮名）", "C"),
)
RECORD_COPY = Column("record_copy", "VARCHAR", "記録の別")
DELIVERED = (*LINKAGE_LOG, RECORD_COPY)
RESULTS = ("provided", "no_record", "withheld", "refused", "error", "pending")
CHANNELS = ("interactive", "batch")
COPIES = ("core", "requester", "provider")
KINDS = (
    "ministry",
    "prefecture",
    "designated_city",
    "city",
    "ward",
    "town",
    "village",
    "insurer",
    "pension",
    "other",
)

REFERENCE: dict[str, tuple[Column, ...]] = {
    "agencies": (
        Column("agency_code", "VARCHAR", "機関コード", required=True), Column("name", "VARCHAR", "名称"),
        Column("kind", "VARCHAR", "種別"), Column("prefecture_code", "VARCHAR", "都道府県コード"),
        Column("municipality_code", "VARCHAR", "団体コード"), Column("population", "BIGINT", "人口"),
        Column("valid_from", "DATE", "有効開始日"), Column("valid_to", "DATE", "有効終了日"),
    ),
    "authority": (
        Column("requester_kind", "VARCHAR", "照会者種別"), Column("requester_agency", "VARCHAR", "照会者機関コード"),
        Column("affair_code", "VARCHAR", "事務コード"), Column("procedure_code", "VARCHAR", "事務手続コード"),
        Column("provider_kind", "VARCHAR", "提供者種別"), Column("item_code", "VARCHAR", "特定個人情報名コード"),
        Column("basis", "VARCHAR", "根拠"), Column("valid_from", "DATE", "施行日"), Column("valid_to", "DATE", "廃止日"),
    ),
    "calendar": (
        Column("date", "DATE", "日付"), Column("is_working_day", "BOOLEAN", "開庁日"),
        Column("holiday_name", "VARCHAR", "祝日名"), Column("note", "VARCHAR", "備考"),
    ),
    "campaigns": (
        Column("campaign_id", "VARCHAR", "一斉業務番号"), Column("name", "VARCHAR", "名称"),
        Column("affair_code", "VARCHAR", "事務コード"), Column("agency_kind", "VARCHAR", "対象種別"),
        Column("agency_code", "VARCHAR", "対象機関コード"), Column("starts", "DATE", "開始日"), Column("ends", "DATE", "終了日"),
    ),
    "accounts": (
        Column("requester_user", "VARCHAR", "ユーザーID"), Column("agency_code", "VARCHAR", "機関コード"),
        Column("department", "VARCHAR", "部署コード"), Column("valid_from", "DATE", "配置開始日"),
        Column("valid_to", "DATE", "配置終了日"), Column("absent_from", "DATE", "不在開始日"), Column("absent_to", "DATE", "不在終了日"),
    ),
    "cases": (
        Column("case_ref", "VARCHAR", "受付番号"), Column("agency_code", "VARCHAR", "機関コード"),
        Column("affair_code", "VARCHAR", "事務コード"), Column("subject_key", "VARCHAR", "対象者（機関内仮名）"),
        Column("opened", "DATE", "受付日"), Column("closed", "DATE", "完了日"),
    ),
}  # fmt: skip
