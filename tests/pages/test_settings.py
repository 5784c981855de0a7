"""设置: what is set is shown, a change is in force on every page at once, and a wrong one changes nothing."""

import re
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from data.reference import editing
from data.reference.settings import SETTINGS
from data.store import Store
from tests.pages.conftest import html

PAGE = "pages/settings.py"


@pytest.fixture
def place(city, tmp_path):
    """Return the folder of a store of its own, for it will be changed."""
    return shutil.copytree(city, tmp_path / "store")


def submit(test: AppTest, label: str) -> AppTest:
    """Sign the open form and press its button."""
    test.text_input(key="author").input("张三")
    next(box for box in test.text_input if box.key.startswith("reason_")).input("办公会议定")
    next(button for button in test.button if button.label == label).click()
    return test.run()


def set_target(test: AppTest, **texts: str) -> AppTest:
    for name, text in texts.items():
        test.text_input(key=f"{name}_satisfaction_rate_0").input(text)
    return submit(test, "保存")


def done(test: AppTest) -> str:
    return re.search(r'<p class="(?:done|wrong)"[^>]*>(.*?)</p>', html(test))[1]


def test_what_is_in_force_is_shown_with_where_it_comes_from(opened, place):
    drawn = html(opened(PAGE, place))
    row = r'<td>群众满意率</td><td class="n">90%</td><td class="n">—</td><td class="n">85%</td><td>默认值</td><td class="quiet">默认</td>'
    assert re.search(row, drawn)
    assert "还没有改动，全部是默认值。" in drawn


def test_a_new_target_is_in_force_on_every_page_at_once(opened, place):
    before = Store(place).current()
    test = set_target(opened(PAGE, place), target="95.5%", red="90%")
    assert not test.exception
    assert done(test).startswith("目标：群众满意率：≥90%，低于85%为红（默认值） → ≥95.5%，低于90%为红。已生效")
    assert Store(place).current() != before
    changes = html(test)[html(test).index("口径变化") :]
    assert "张三" in changes and "原因：办公会议定" in changes and "→ ≥95.5%，低于90%为红" in changes
    assert "目标≥95.5%" in html(opened("app.py", place))
    assert "≥95.5%，低于90%为红" in html(opened("pages/passport.py", place, kpi="satisfaction_rate"))
    assert "≥95.5%，低于90%为红" in html(opened("pages/definitions.py", place))


def test_the_default_is_restored(opened, place):
    test = set_target(opened(PAGE, place), target="95%")
    test.text_input(key="author").input("李四")
    next(box for box in test.text_input if box.key.startswith("reason_")).input("改回")
    next(button for button in test.button if button.label == "恢复默认").click()
    test.run()
    assert test.text_input(key="target_satisfaction_rate_2").value == "90%"
    assert [one.author for one in editing.changes(Store(place).reference_folder)] == ["张三", "李四"]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"target": "九成"}, "“群众满意率”的目标“九成”应为不小于0的数，如 98% 或 30。"),
        ({"target": "95"}, "大于100%，比率请写成 98% 或 0.98"),
        ({"red": "99%"}, "红线99%应比绿线90%更差"),
    ],
)
def test_a_wrong_target_changes_nothing_and_stays_to_be_mended(opened, place, texts, words):
    before = Store(place).current()
    test = set_target(opened(PAGE, place), **texts)
    assert not test.exception and words in done(test)
    assert Store(place).current() == before and editing.changes(Store(place).reference_folder) == []
    for name, text in texts.items():
        assert test.text_input(key=f"{name}_satisfaction_rate_0").value == text


def test_an_unsigned_change_is_refused(opened, place):
    test = opened(PAGE, place)
    test.text_input(key="target_satisfaction_rate_0").input("95%")
    next(button for button in test.button if button.label == "保存").click()
    assert "请写明修改人和原因" in done(test.run())


def test_a_setting_takes_effect_at_once(opened, place):
    test = opened(PAGE, place, part="计算设置")
    test.selectbox(key="setting").select(SETTINGS["month_start_day"].words).run()
    test.number_input(key="value_month_start_day_0").set_value(26)
    submit(test, "保存")
    assert not test.exception
    assert Store(place).reader().settings["month_start_day"] == "26"
    assert re.search(
        r"统计月起始日[^<]*</td><td><span class='concern'>26</span></td><td class='quiet'>1</td>", html(test)
    )


def test_every_setting_can_be_opened(opened, place):
    test = opened(PAGE, place, part="计算设置")
    for words in test.selectbox(key="setting").options:
        assert not test.selectbox(key="setting").select(words).run().exception, words


def test_joined_spring_months_are_one_point_and_said(opened, place):
    test = opened(PAGE, place, part="计算设置")
    test.selectbox(key="setting").select(SETTINGS["join_spring_months"].words).run()
    test.toggle(key="value_join_spring_months_0").set_value(True)
    submit(test, "保存")
    drawn = html(opened("app.py", place))
    assert "1—2月合并为一点，按两个月的月均画" in drawn
    assert "2025年1—2月" in html(opened("pages/passport.py", place, kpi="cases_total"))


def test_a_break_greys_the_comparison_with_its_reason(opened, place):
    assert "跨断点" not in html(opened("app.py", place))
    test = opened(PAGE, place, part="已知断点")
    assert "12369并入12345" in html(test)
    test.date_input(key="break_day_0").set_value("2025-03-01")
    test.text_input(key="break_words_0").input("缺网络来源")
    submit(test, "增加")
    assert not test.exception and "2025-03-01，全部信访件，全部指标，缺网络来源" in done(test)
    drawn = html(opened("app.py", place))
    card = re.search(r'<a [^>]*class="card"><span class="name">信访总量.*?</a>', drawn)[0]
    caution = "跨断点：2025年3月起缺网络来源，不宜直接比较"
    assert re.search(rf'<span class="quiet" title="{caution}">较上年同期下降[\d.]+%※</span>', card)
    assert f"※ {caution}。" in drawn
    assert "断点：2025年3月起缺网络来源，前后不宜直接比较。" in drawn  # under the trend
    assert "<h2>信访总量；" in drawn or "<h2>信访总量<" in drawn  # the title claims no change
    assert caution in html(opened("pages/passport.py", place, kpi="cases_total"))


def test_a_break_is_taken_away(opened, place):
    test = opened(PAGE, place, part="已知断点")
    test.selectbox(key="break_gone").select("2021-01-01，渠道：电话，全部指标，12369并入12345")
    test.text_input(key="break_gone_author").input("张三")
    test.text_input(key="break_gone_reason_0").input("数据里没有电话渠道")
    next(button for button in test.button if button.label == "删除").click()
    test.run()
    assert Store(place).reader().query("SELECT value FROM breaks") == [("12345热线",)]
    assert test.selectbox(key="break_gone").options == ["2021-01-01，渠道：12345热线，全部指标，12369并入12345"]


def test_a_break_needs_a_day_and_words(opened, place):
    test = submit(opened(PAGE, place, part="已知断点"), "增加")
    assert done(test) == "请写明断点自哪天起，以及说明。"


def test_a_step_change_is_recorded_and_stands_on_the_trend(opened, place):
    test = opened(PAGE, place, part="阶跃变化")
    assert "还没有登记的阶跃变化。" in html(test)
    month = next(box for box in test.selectbox if box.key.startswith("step_month"))
    month.select("2024年3月")
    submit(test, "登记")
    assert not test.exception and "2024-03-01，信访总量，全市" in done(test)
    assert Store(place).reader().query("SELECT * FROM steps")[0][1:] == ("cases_total", "", "办公会议定", "张三")
    assert "2024年3月起另设均值和控制限：办公会议定（张三；此后19个完整的月）。" in html(opened("app.py", place))
    test.selectbox(key="step_gone").select("2024-03-01，信访总量，全市")
    test.text_input(key="step_gone_author").input("李四")
    test.text_input(key="step_gone_reason_1").input("记错了")
    next(button for button in test.button if button.label == "删除").click()
    test.run()
    assert Store(place).reader().query("SELECT count(*) FROM steps") == [(0,)]


def test_a_recent_step_change_is_told_as_a_trial(opened, place):
    test = opened(PAGE, place, part="阶跃变化")
    next(box for box in test.selectbox if box.key.startswith("step_month")).select("2025年8月")
    assert "试行：此后只有2个完整的月，满7个月才算数" in html(submit(test, "登记"))


def test_a_step_change_needs_its_month(opened, place):
    assert done(submit(opened(PAGE, place, part="阶跃变化"), "登记")) == "请选择自哪个月起。"


@pytest.mark.parametrize("part", ["目标与阈值", "已知断点", "阶跃变化", "计算设置", "没有这一项"])
def test_every_part_opens_on_an_empty_store(opened, tmp_path, part):
    test = opened(PAGE, tmp_path / "none", part=part)
    assert not test.exception


def test_a_target_of_an_empty_store_waits_for_the_data(opened, tmp_path):
    test = set_target(opened(PAGE, tmp_path / "none"), target="95%")
    assert done(test).endswith("已保存，导入数据后生效。")


def test_what_a_clerk_types_is_text(opened, place):
    test = opened(PAGE, place)
    test.text_input(key="words_satisfaction_rate_0").input("<b>粗</b>")
    drawn = html(submit(test, "保存"))
    assert "<b>粗</b>" not in drawn and "&lt;b&gt;粗&lt;/b&gt;" in drawn
