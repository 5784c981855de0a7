"""Finds, in whole columns, the cells that a slow function could change; all others it is certain to leave as they are.

`ODD` are cells with a character outside a list of harmless ones, or with something at an end that `clean` or the reader
of CSV takes off. `PERSONAL` says of a cell that is not odd whether any expression of data/privacy.py finds something in
it: the same expressions without the conditions that only make them rarer, for RE2, which knows no look-around. The
first expression of `redact` that changes a text finds its match in the text as it came, so it is enough to ask each
of them of that text. tests/data/test_bulk_prefilter.py tries to prove it wrong.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import privacy

HAN = "\u4e00-\u9fa5"
# Neither control, nor full-width letter or digit, nor unknown to repr(): what clean() keeps and repr() writes as it is.
_HARMLESS = rf" -&(-\[\]-~{HAN}，。；：？！（）“”‘’、…—《》【】·～℃㎡％"
ODD = rf"[^{_HARMLESS}]|^[ =`’\x22]|[ ]$"

# Of the look-arounds, those that say what may not stand beside a match become what must: its start, end or another sign.
_NOT_DIGIT_BEFORE, _NOT_DIGIT_AFTER = r"(?:^|[^0-9])", r"(?:$|[^0-9])"
_NAME = privacy._NAME
_EXPRESSIONS = {
    "mail": r"[A-Za-z0-9_.+-]+@[^ ]",
    "account": r"(?:微信|QQ|qq|VX|vx|wx)(?:号码|号)? *[是为:：]? *[A-Za-z0-9_-]{5}",
    "plate": privacy._PLATE.pattern,
    "id": rf"{_NOT_DIGIT_BEFORE}[1-8]\d{{5}}(?:(?:18|19|20)?\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\d{{3}}",
    "mobile": rf"{_NOT_DIGIT_BEFORE}(?:\+?86[- ]?)?[(（]?1[3-9]\d(?:[- .)）]{{0,2}}\d){{8}}{_NOT_DIGIT_AFTER}",
    "landline": rf"{_NOT_DIGIT_BEFORE}(?:0\d{{2,3}}[-— ]?\d{{7,8}}|400[- ]?\d{{3}}[- ]?\d{{4}}){_NOT_DIGIT_AFTER}",
    "called": r"(?:电话|座机|手机|号码|热线|致电|联系方式) *[是为:：]? *\d[\d\- ]{5}",
    "card": rf"{_NOT_DIGIT_BEFORE}(?:62|4|5)\d{{2}} ?\d{{4}} ?\d{{4}} ?\d{{4}}",
    "door": rf"{privacy._NUMBER}\s*(?:号楼|栋|幢|座|单元|室|户|房|层)",
    "lives": r"(?:家住|住在|住址|家庭地址|现住|户籍|居住|我住|本人住|家在)[^，。；;,]*(?:号|\d-\d)",
    "before a number": rf"(?:^|[^\x{{4e00}}-\x{{9fff}}]|告知|回复|答复|联系|回访|致电|通知|询问){_NAME}(?:[,，:： (（]{{0,2}}1[3-9]\d|[(（]联系人)",
    "speaking": rf"(?:^|[、，。；,;的]){_NAME}(?:反映|投诉|举报|来电|来信|来访|致电)",
    "introduced": rf"{privacy._INTRODUCTION}(?:姓名)?[是为叫:：,，、(（ ]{{0,3}}{_NAME}",
    "titled": rf"{_NAME}(?:{privacy._TITLE.pattern})",
}  # fmt: skip


# A cell that is not odd has no other digit than 0-9 and no other space than the one: RE2 and Python mean the same by them.
PERSONAL = "|".join(f"(?:{expression})" for expression in _EXPRESSIONS.values())

ODD_OR_PERSONAL = f"{ODD}|{PERSONAL}"


def found(cells: pa.Array, expression: str) -> np.ndarray:
    """Return for each cell whether the expression is found in it."""
    return pc.match_substring_regex(cells, pattern=expression).to_numpy(zero_copy_only=False)


def is_odd(cells: pa.Array) -> np.ndarray:
    """Return for each cell whether clean() or repr() may do anything to it but leave it, or quote it."""
    return found(cells, ODD)


def may_be_personal(cells: pa.Array) -> np.ndarray:
    """Return for each cell that is not odd whether redact() may change it; of an odd cell this says nothing."""
    return found(cells, PERSONAL)
