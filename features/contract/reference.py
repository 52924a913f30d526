"""The reference tables of the log contract as code."""

from __future__ import annotations

from features.contract.columns import Column

KINDS = (
    "ministry", "prefecture", "designated_city", "city", "ward", "town", "village", "insurer", "pension", "other",
)  # fmt: skip
NAMED = ("affair", "procedure", "item")
"""What the table `codes` has names for."""
BASES = ("19-8", "19-9")
"""Statutory (番号法 art. 19 (8)), and own affairs under an ordinance (独自利用事務)."""

REFERENCE: dict[str, tuple[Column, ...]] = {
    "agencies": (
        Column("agency_code", "VARCHAR", "機関コード", required=True),
        Column("name", "VARCHAR", "名称"),
        Column("kind", "VARCHAR", "種別", allowed=KINDS),
        Column("prefecture_code", "VARCHAR", "都道府県コード"),
        Column("municipality_code", "VARCHAR", "団体コード", "with check digit"),
        Column("population", "BIGINT", "人口"),
        Column("valid_from", "DATE", "有効開始日"),
        Column("valid_to", "DATE", "有効終了日"),
    ),
    "authority": (
        Column("requester_kind", "VARCHAR", "照会者種別", "this or the agency is set"),
        Column("requester_agency", "VARCHAR", "照会者機関コード"),
        Column("affair_code", "VARCHAR", "事務コード", required=True),
        Column("procedure_code", "VARCHAR", "事務手続コード", required=True),
        Column("provider_kind", "VARCHAR", "提供者種別"),
        Column("item_code", "VARCHAR", "特定個人情報名コード", required=True),
        Column("basis", "VARCHAR", "根拠"),
        Column("valid_from", "DATE", "施行日"),
        Column("valid_to", "DATE", "廃止日"),
    ),
    "calendar": (
        Column("date", "DATE", "日付", required=True),
        Column("is_working_day", "BOOLEAN", "開庁日", required=True),
        Column("holiday_name", "VARCHAR", "祝日名"),
        Column("note", "VARCHAR", "備考"),
    ),
    "campaigns": (
        Column("campaign_id", "VARCHAR", "一斉業務番号", required=True),
        Column("name", "VARCHAR", "名称"),
        Column("affair_code", "VARCHAR", "事務コード", required=True),
        Column("agency_kind", "VARCHAR", "対象種別"),
        Column("agency_code", "VARCHAR", "対象機関コード"),
        Column("starts", "DATE", "開始日", required=True),
        Column("ends", "DATE", "終了日", required=True),
    ),
    "accounts": (
        Column("requester_user", "VARCHAR", "ユーザーID", required=True),
        Column("agency_code", "VARCHAR", "機関コード", required=True),
        Column("department", "VARCHAR", "部署コード"),
        Column("valid_from", "DATE", "配置開始日"),
        Column("valid_to", "DATE", "配置終了日"),
        Column("absent_from", "DATE", "不在開始日"),
        Column("absent_to", "DATE", "不在終了日"),
    ),
    "codes": (
        Column("kind", "VARCHAR", "種別", allowed=NAMED, required=True),
        Column("code", "VARCHAR", "コード", required=True),
        Column("name", "VARCHAR", "名称", required=True),
        Column("valid_from", "DATE", "有効開始日"),
        Column("valid_to", "DATE", "有効終了日"),
    ),
    "cases": (
        Column("case_ref", "VARCHAR", "受付番号", required=True),
        Column("agency_code", "VARCHAR", "機関コード", required=True),
        Column("affair_code", "VARCHAR", "事務コード"),
        Column("subject_key", "VARCHAR", "対象者（機関内仮名）"),
        Column("opened", "DATE", "受付日"),
        Column("closed", "DATE", "完了日"),
    ),
}
