"""What a case is: every canonical field, its Chinese name, its type and whether it may be shown.

One record per field serves the importer (types), the profiles (field names and their aliases), the templates and
the mapping page (labels), the store (columns) and the ad-hoc filters. `alias` holds the short names that other
documents of the trade use for the same field; a profile or a --where may use either.
"""

from dataclasses import dataclass

UNMATCHED_BRANCH = "待归属"
ALL_BRANCHES = "全市"  # an activity of the bureau as a whole
BUREAU_MARK = " · "  # between a bureau and its branch in a store fetched from a lake: 黄石市 · 大冶市分局
UNKNOWN = "未识别"  # a text was there, and no table knows it
BLANK = "未注明"  # the cell was empty, or the layout has no such column

STATUSES = ("未受理", "办理中", "已办结", "不予受理", "退回/转出", "撤回", "作废", "并案", UNKNOWN, BLANK)
CHANNELS = ("12345热线", "电话", "微信", "网络", "来信", "来访", "上级交办", "网民留言", "其他")
POLLUTIONS = ("大气", "噪声", "水", "固废", "土壤", "辐射", "生态破坏", "违反审批许可", "建设项目", "其他")
RATINGS = ("满意", "基本满意", "不满意")
RATING_STATES = ("待评价", "未评价", "已评价", "超期未评价", "不可评价")
SUBSTANTIATED = ("属实", "部分属实", "不属实")
SOLVED = ("解决", "部分解决", "未解决")
ACTIVITY_KINDS = ("研判会", "带案下访", "督办", "培训")
CASE_TYPES = ("投诉", "举报", "咨询", "求助", "建议", "其他")


@dataclass(frozen=True)
class Field:
    """One canonical field.

    kind: text, code (text through a table of values), time, integer, real, flag, labels (several codes in one
    cell), branch, branches, or one of the personal kinds: name, phone, id_number, address, free_text.
    """

    name: str
    label: str
    kind: str = "text"
    alias: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    shown: bool = True

    @property
    def sql_type(self) -> str:
        types = {"time": "TIMESTAMP", "integer": "INTEGER", "real": "DOUBLE", "flag": "BOOLEAN"}
        lists = {"labels": "VARCHAR[]", "branches": "VARCHAR[]"}
        return types.get(self.kind) or lists.get(self.kind) or "VARCHAR"


CASE_FIELDS = (
    Field("case_no", "信访件编号", alias=("case_id", "source_case_no")),
    Field("source", "来源系统", "code"),
    Field("upstream_no", "上级编号"),
    Field("local_no", "区县编号"),
    Field("channel", "渠道", "code", values=CHANNELS),
    Field("case_type", "类别", "code", values=CASE_TYPES),
    Field("received_at", "登记时间", "time", ("reg_at",)),
    Field("transferred_at", "收到转办时间", "time", ("recv_at",)),
    Field("accepted_at", "受理时间", "time", ("acc_at",)),
    Field("due_given_at", "限办截止时间", "time", ("due_at",)),
    Field("extension_days", "延期天数", "integer", ("ext_days",)),
    Field("is_extension_approved", "延期已批准", "flag", ("ext_approved",)),
    Field("replied_at", "答复时间", "time", ("reply_at",)),
    Field("closed_at", "办结时间", "time", ("close_at",)),
    Field("status", "办理状态", "code", values=STATUSES),
    Field("reject_reason", "不予受理原因", alias=("not_accept_reason",)),
    Field("branch", "责任分局", "branch", ("branch_raw", "branch_id")),
    Field("co_branches", "协办分局", "branches"),
    Field("handling_role", "办理性质", "code", values=("主办", "协办", "转办")),
    Field("district", "行政区域"),
    Field("site_name", "被反映对象"),
    Field("site_address", "事发地点", alias=("site_addr",)),
    Field("lon", "经度", "real"),
    Field("lat", "纬度", "real"),
    Field("pollution", "污染类型", "labels", ("pollution_labels",), POLLUTIONS),
    Field("pollution_sub", "二级污染", "labels"),
    Field("industry", "行业"),
    Field("persons", "信访人数", "integer"),
    Field("is_group", "集体访", "flag"),
    Field("is_repeat_local", "重件（本机构）", "flag", ("repeat_flag_org", "is_repeat")),
    Field("is_repeat_national", "重件（全国）", "flag", ("repeat_flag_nat",)),
    Field("repeat_of", "原件编号"),
    Field("is_key_case", "重点件", "flag", ("key_case",)),
    Field("leader", "包保领导"),
    Field("supervise_level", "督办级别"),
    Field("is_backlog", "积案", "flag"),
    Field("backlog_batch", "积案批次"),
    Field("substantiated", "是否属实", "code", values=SUBSTANTIATED),
    Field("penalty", "处罚情况"),
    Field("revisited_at", "回访时间", "time", ("revisit_at",)),
    Field("solved", "解决情况", "code", values=SOLVED),
    Field("rating_state", "评价状态", "code", ("eval_state",), RATING_STATES),
    Field("rating", "满意度", "code", ("eval_val",), RATINGS),
    Field("rated_at", "评价时间", "time", ("eval_at",)),
    Field("rating_due_at", "评价截止时间", "time", ("eval_due",)),
    Field("dissatisfied_reason", "不满意原因", "free_text", ("dissat_reason",)),
    Field("is_returned", "曾退回", "flag"),
    Field("is_reworked", "发回重办", "flag"),
    Field("petitioner_name", "信访人", "name", ("petitioner_name_masked",), shown=False),
    Field("petitioner_phone", "联系电话", "phone", ("phone_masked",), shown=False),
    Field("petitioner_id_number", "身份证号", "id_number", shown=False),
    Field("petitioner_address", "信访人住址", "address", shown=False),
    Field("petitioner_key", "信访人标识", shown=False),
    Field("is_anonymous", "匿名", "flag", ("anonymous",)),
    Field("content", "反映内容", "free_text", ("content_redacted",), shown=False),
    Field("result", "办理结果", "free_text", shown=False),
    Field("modified_at", "最后修改时间", "time"),
)

BACKLOG_FIELDS = (
    Field("batch", "积案批次", alias=("backlog_batch",)),
    Field("case_no", "信访件编号"),
    Field("subject", "事项", "free_text"),
    Field("branch", "责任分局", "branch"),
    Field("leader", "包案领导"),
    Field("listed_at", "列入时间", "time"),
    Field("target_at", "化解目标时间", "time"),
    Field("is_resolved", "化解标志", "flag"),
    Field("resolved_at", "化解时间", "time"),
    Field("basis", "化解依据", "free_text"),
)

KEY_CASE_FIELDS = (
    Field("case_no", "信访件编号"),
    Field("subject", "事项", "free_text"),
    Field("branch", "责任分局", "branch"),
    Field("leader", "包保领导"),
    Field("listed_at", "列入时间", "time"),
    Field("target_at", "目标时间", "time"),
    Field("is_solved", "解决标志", "flag"),
    Field("solved_at", "解决时间", "time"),
    Field("measure", "办理情况", "free_text"),
)

ACTIVITY_FIELDS = (
    Field("kind", "活动类别", "code", values=ACTIVITY_KINDS),
    Field("activity_no", "编号"),
    Field("subject", "主题", "free_text"),
    Field("branch", "责任分局", "branch"),
    Field("co_branches", "参加分局", "branches"),
    Field("leader", "领导"),
    Field("issued_at", "发出时间", "time"),  # of a supervision letter; planned: its answer due, held: answered
    Field("planned_at", "计划时间", "time"),
    Field("held_at", "完成时间", "time"),
    Field("related_cases", "涉及信访件编号"),
    Field("persons", "参加人数", "integer"),
    Field("outcome", "情况", "free_text"),
)

MONITORING_FIELDS = (
    Field("site_name", "点位"),
    Field("item", "监测项目"),
    Field("measured_at", "监测时间", "time"),
    Field("value", "数值", "real"),
    Field("unit", "单位"),
)

# What the importer works out and keeps with each case; the same for every layout.
DERIVED_COLUMNS = {
    "case_key": "VARCHAR",  # source + '|' + case_no
    "branch_raw": "VARCHAR",
    "status_raw": "VARCHAR",
    "channel_raw": "VARCHAR",
    "rating_raw": "VARCHAR",
    "fields": "VARCHAR[]",  # the canonical fields that the case's files had a column for: blank is not the same as absent
    "due_at": "TIMESTAMP",  # the closing limit in force: base + term + approved extension
    "accept_due_at": "TIMESTAMP",  # the acceptance limit: received + term
    "is_repeat": "BOOLEAN",  # the organisation's own flag, else inferred: same person and same matter
    "is_repeat_inferred": "BOOLEAN",
    "first_rating": "VARCHAR",
    "rating_changes": "INTEGER",
    "reopened_count": "INTEGER",
    "as_of": "TIMESTAMP",  # of the export that the state comes from
    "edition_at": "TIMESTAMP",  # when that file was last saved: orders two files of one export moment
    "batch_no": "INTEGER",
    "file_name": "VARCHAR",
    "sheet": "VARCHAR",
    "row_no": "INTEGER",
    "progress": "INTEGER",  # how far a state has come: breaks ties between rows of one export moment
    "row_hash": "VARCHAR",
}

LEDGER_DERIVED = {
    "branch_raw": "VARCHAR",
    "as_of": "TIMESTAMP",
    "edition_at": "TIMESTAMP",
    "batch_no": "INTEGER",
    "file_name": "VARCHAR",
    "sheet": "VARCHAR",
    "row_no": "INTEGER",
    "row_hash": "VARCHAR",
}

# The canonical tables; a profile says with `table = "…"` which one it feeds (cases when it says nothing).
TABLES = {
    "cases": CASE_FIELDS,
    "backlog": BACKLOG_FIELDS,
    "key_cases": KEY_CASE_FIELDS,
    "activities": ACTIVITY_FIELDS,
    "monitoring": MONITORING_FIELDS,
}
# What one row is of; the last part is never empty.
KEYS = {
    "cases": ("source", "case_no"),
    "backlog": ("batch", "case_no"),
    "key_cases": ("case_no",),
    "activities": ("kind", "activity_no"),
    "monitoring": ("site_name", "item", "measured_at"),
}
LABELS = {
    "cases": "信访件",
    "backlog": "积案台账",
    "key_cases": "领导包保台账",
    "activities": "工作台账",
    "monitoring": "监测数据",
}


def field_of(table: str, name: str) -> Field | None:
    """Return the field called `name`, by its own name, an alias or its Chinese label; None when there is none."""
    for field in TABLES[table]:
        if name in (field.name, field.label, *field.alias):
            return field
    return None


def table_columns(table: str) -> dict[str, str]:
    """Return column name → SQL type of a stored table, in order."""
    columns = {f.name: f.sql_type for f in TABLES[table]}
    if table == "cases":
        columns.pop("petitioner_id_number")  # hashed into petitioner_key, never kept
        columns.pop("petitioner_address")
        return columns | DERIVED_COLUMNS
    return columns | LEDGER_DERIVED
