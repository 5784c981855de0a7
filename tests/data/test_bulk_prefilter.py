"""Whatever clean, redact, comparable or repr does to a cell, the filter for whole columns has it caught before."""

import random

import pyarrow as pa

from data import privacy
from data.bulk import prefilter
from data.text import clean

# What personal data is made of, what the expressions look for around it, and what nobody would think of.
PIECES = [
    *"王李张欧阳东方易和平安的，。；：、（）(),:;- .)@*'\"\\=“”…—·？！", "三丰", "建国", "阿凡提·买买提", "先生", "女士", "老人", "师傅", "反映", "投诉", "举报",
    "来电", "致电", "联系人", "联系方式", "我叫", "本人叫", "姓名", "名叫", "来电人", "市民", "群众", "业主", "满意", "是", "为", "电话", "手机号", "热线", "座机",
    "微信", "微信号", "QQ", "vx", "abc_12", "a1.b", "x@y.cn", "鄂B", "京A", "学", "家住", "住址", "住在", "我家在", "号", "号楼", "栋", "单元", "室", "户", "层", "座",
    "1", "2", "38", "138", "1234", "5678", "13812345678", "138-1234-5678", "+86 13812345678", "(0714) 6512345", "07146512345", "400-800-8000",
    "420281198001011234", "330106198001011234", "33010619800101123X", "420281800101123", "6222021234567890123", "2025-03-28 10:11", "1.38123E+10", "13812345678.0",
    "告知", "回复", "联系", "通知", "方式", "时间", "夜间有异味", "影响休息", "请尽快处理", "三", "十二", "甲", "B3", " ", "　", "\n", "\t", "\u200b", "\ufffd", "１２３", "Ａ", "é",
    "\u3007", "㊟", "𠮷", "٣", "\xa0", "\x85", "~", "℃", "%",
]  # fmt: skip


def texts(many: int) -> list[str]:
    chance = random.Random(14)
    return ["".join(chance.choices(PIECES, k=chance.choice((1, 2, 3, 3, 4, 5, 6, 8)))) for _ in range(many)]


def test_what_any_of_them_changes_is_caught():
    cells = texts(30_000)
    array = pa.array(cells)
    odd, personal = prefilter.is_odd(array).tolist(), prefilter.may_be_personal(array).tolist()
    both = prefilter.found(array, prefilter.ODD_OR_PERSONAL).tolist()
    changed = quiet = 0
    for cell, is_odd, is_personal, is_either in zip(cells, odd, personal, both, strict=True):
        assert is_either == (is_odd or is_personal), repr(cell)
        if not is_odd:
            assert clean(cell) == cell and repr(cell) == f"'{cell}'", repr(cell)
            if privacy.redact(cell) != cell:
                changed += 1
                assert is_personal, repr(cell)
            elif not is_personal:
                quiet += 1
    assert changed > 1500, "the texts are to be such that something is found in them"
    assert quiet > 1500, "a filter that catches everything is none"
