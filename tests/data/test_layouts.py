"""Every layout, as a stranger would craft an export of it: the right format is found, the counts and fields are right."""

import csv
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt

from data.importing import import_files
from data.store import Store


@pytest.fixture
def take(tmp_path):
    """Return a function that imports files and gives the result and the cases (or a ledger's rows) by their number."""

    def run(*paths: Path, table: str = "cases", profile: str | None = None):
        store = Store(tmp_path / "store")
        result = import_files(list(paths), store, profile=profile)
        frame = store.reader().frame(f"SELECT * FROM {table}").astype(object)
        rows = frame.where(frame.notna(), None).to_dict("records")
        return result, {row["case_no"]: row for row in rows}

    return run


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[list], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    book.save(path)
    return path


def write_html(path: Path, rows: list[list[str]], encoding: str = "gb18030") -> Path:
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    page = f"<html><head><meta charset='gb2312'></head><body><table border=1>{''.join(lines)}</table></body></html>"
    path.write_bytes(page.encode(encoding))
    return path


def profiles_of(result) -> list[str]:
    return [file.profile for file in result.files]


PLATFORM = ["举报编号", "举报时间", "举报方式", "举报人", "联系电话", "被举报单位", "污染地址", "所属行政区", "污染类型", "行业类型", "举报内容", "办理单位", "办理状态", "受理时间", "办结时间", "办理结果", "是否属实", "满意度"]  # fmt: skip


def platform_row(**cells: str) -> list[str]:
    return [cells.get(heading, "") for heading in PLATFORM]


def test_national_platform(tmp_path, take):
    rows = [
        ["全国生态环境信访投诉举报管理平台"],
        PLATFORM,
        platform_row(举报编号="230704420000020365", 举报时间="2023-07-04 10:11", 举报方式="微信", 办理单位="下陆分局", 污染类型="大气,噪声",
                     办理状态="已办结", 受理时间="2023/7/6 9:05", 办结时间="2023年8月1日", 是否属实="部分属实", 满意度="基本满意", 举报人="张演示",
                     联系电话="1990000 1234", 举报内容="我叫张演示，电话19900001234", 被举报单位="演示厂"),
        platform_row(举报编号="230705420000020366", 举报时间="20230705", 举报方式="网上", 办理单位="黄石市生态环境局开发区•铁山区分局",
                     污染类型="恶臭/异味", 办理状态="办理中", 受理时间="45114"),
        platform_row(举报编号="230705420000020367", 举报时间="２０２３－０７－０５", 举报方式="来电", 办理单位="大冶市环保局", 污染类型="噪音污染", 办理状态="不受理"),
        platform_row(举报编号="230705420000020368", 举报时间="2023.7.5", 举报方式="电话", 办理单位="阳新县分局", 污染类型="固体污染", 办理状态="未办理", 满意度="未评价"),
        platform_row(举报编号="230705420000020369", 举报时间="2023.7.5", 举报方式="抖音", 办理单位="某某所", 污染类型="臭臭", 办理状态="挂起", 满意度="一般"),
        ["合计", "5"],
        ["制表人：演示", "", "审核人：演示"],
    ]  # fmt: skip
    result, cases = take(write_csv(tmp_path / "平台_20230901.csv", rows, "gb18030"))
    assert profiles_of(result) == ["全国平台12369"]
    assert (result.rows_read, result.accepted, result.quarantined) == (5, 5, 0)
    assert (result.files[0].header_row, result.files[0].encoding) == (2, "gb18030")
    assert result.unknown_headings == []
    first = cases["230704420000020365"]
    assert first["source"] == "全国平台"
    assert (first["status"], first["channel"], first["branch"]) == ("已办结", "微信", "下陆区分局")
    assert list(first["pollution"]) == ["大气", "噪声"]
    assert (first["rating"], first["substantiated"]) == ("基本满意", "部分属实")
    assert first["received_at"] == datetime(2023, 7, 4, 10, 11)
    assert first["due_at"].date() == date(2023, 9, 4)  # 60 days from acceptance
    assert (first["petitioner_name"], first["petitioner_phone"]) == ("张**", "199****1234")
    assert "张演示" not in first["content"] and "19900001234" not in first["content"]
    second = cases["230705420000020366"]
    assert (second["branch"], second["accepted_at"].date()) == ("开发区·铁山区分局", date(2023, 7, 7))
    assert (list(second["pollution"]), list(second["pollution_sub"])) == (["大气"], ["恶臭异味"])
    third, fourth, fifth = (cases[f"2307054200000203{n}"] for n in (67, 68, 69))
    assert (third["status"], third["channel"], list(third["pollution"])) == ("不予受理", "电话", ["噪声"])
    assert (fourth["status"], list(fourth["pollution"])) == ("未受理", ["固废"])
    assert (fourth["rating"], fourth["rating_state"]) == (None, "未评价")
    assert (fifth["status"], fifth["channel"], fifth["rating"]) == ("未识别", "未识别", "未识别")
    assert (fifth["branch"], list(fifth["pollution"])) == ("待归属", ["未识别"])
    assert result.unmatched_branches == {"某某所": 1}


@pytest.mark.parametrize(
    ("words", "status"),
    [("未办理", "未受理"), ("未受理", "未受理"), ("受理中", "办理中"), ("办理中", "办理中"), ("已办结", "已办结"), ("不受理", "不予受理"),
     ("办结", "已办结"), ("已结案", "已办结"), ("归档", "已办结")],
)  # fmt: skip
def test_status_words_of_the_published_tables(tmp_path, take, words, status):
    rows = [PLATFORM, platform_row(举报编号="230704420000020365", 举报时间="2023-07-04", 办理状态=words)]
    _, cases = take(write_csv(tmp_path / "平台_20230901.csv", rows))
    assert cases["230704420000020365"]["status"] == status


def test_old_names_of_categories(tmp_path, take):
    """The roots of the old tree (环境保护/环境污染/…) say nothing of the type; its leaves do."""
    cells = {
        "环境保护/环境污染/大气": ["大气"],
        "环境污染与生态破坏/噪音污染": ["噪声"],
        "固体污染": ["固废"],
        "放射性、电磁": ["辐射"],
        "建设项目审批/未批先建": ["建设项目"],
        "环境保护": [],
    }
    rows = [PLATFORM]
    for n, text in enumerate(cells, 1):
        rows.append(
            platform_row(举报编号=f"23070442000002000{n}", 举报时间="2023-07-04", 办理单位="下陆分局", 污染类型=text)
        )
    result, cases = take(write_csv(tmp_path / "平台_20230901.csv", rows))
    assert {text: list(cases[f"23070442000002000{n}"]["pollution"]) for n, text in enumerate(cells, 1)} == cells
    assert "W04" not in result.warnings


def test_platform_with_the_codes_of_the_petition_system(tmp_path, take):
    headings = [*PLATFORM, "评价状态", "评价截止时间"]
    cells = [("0", "2", "满意", "已评价"), ("1", "2", "基本满意", "已评价"), ("3", "2", "不满意", "已评价"), ("", "3", None, "超期未评价"),
             ("", "1", None, "未评价"), ("2", "2", "未识别", "已评价")]  # fmt: skip
    rows = [headings]
    for n, (rating, state, _, _) in enumerate(cells, 1):
        rows.append(
            [*platform_row(举报编号=f"23070442000002000{n}", 举报时间="2023-07-04", 满意度=rating), state, "2023-08-01"]
        )
    result, cases = take(write_csv(tmp_path / "平台_20230901.csv", rows))
    for n, (_, _, rating, state) in enumerate(cells, 1):
        case = cases[f"23070442000002000{n}"]
        assert (case["rating"], case["rating_state"]) == (rating, state)
    assert result.warnings["W05"] == 1


INTERFACE = ["行政区划代码", "信访件id", "信访件编号", "查询码(状态)", "信访日期", "信访形式", "信访人数", "涉及人数", "登记机构名称", "登记机构代码", "登记部门", "登记人", "登记时间", "概况信息", "投诉内容", "受信人", "信访件状态", "本机构初次标志", "全国初次标志", "重复信访标志", "问题属地代码", "内容分类代码", "信访目的代码", "信访原因代码", "首次信访机构", "首次信访日期", "三跨三分离标志", "案标志", "复查标志", "复核标志", "办结标志", "审核认定办结标志", "是否联名", "是否同意公开", "重大紧急标志", "匿名标志", "是否扬言", "热点问题", "所属系统", "限办截止时间", "附件描述", "被反映人级别", "被反映人职务", "被反映人住址或单位", "办理程序", "联合信访件id", "最后修改时间", "登记人id"]  # fmt: skip


def test_national_petition_system_interface(tmp_path, take):
    def row(**cells: str) -> list[str]:
        return [cells.get(heading, "") for heading in INTERFACE]

    rows = [INTERFACE]
    for n, code in enumerate(("100", "200", "300", "303", "600", "999"), 1):
        rows.append(
            row(信访件编号=f"HB2024010{n}", 登记时间="2024-01-05 08:30:00", 信访日期="2024-01-04", 信访形式=code, 信访人数="5",
                登记机构名称="黄石市生态环境局西塞山区分局", 信访件状态="办理中", 本机构初次标志="1" if n == 1 else "0", 全国初次标志="0",
                内容分类代码="环境污染与生态破坏/大气", 匿名标志="1", 限办截止时间="2024-03-05 23:59:59", 办结标志="0")
        )  # fmt: skip
    result, cases = take(write_html(tmp_path / "信访件_20240201.xls", rows))
    assert profiles_of(result) == ["国家信访系统"]
    assert (result.rows_read, result.accepted, result.files[0].format) == (6, 6, "html")
    assert result.unknown_headings == []
    assert [cases[f"HB2024010{n}"]["channel"] for n in range(1, 7)] == [
        "来信",
        "来访",
        "网络",
        "网络",
        "网络",
        "未识别",
    ]
    first, second = cases["HB20240101"], cases["HB20240102"]
    assert (first["is_repeat"], second["is_repeat"], first["is_repeat_national"]) == (False, True, True)
    assert (first["branch"], first["persons"], first["is_anonymous"]) == ("西塞山区分局", 5, True)
    assert first["received_at"] == datetime(2024, 1, 5, 8, 30)
    assert (list(first["pollution"]), first["due_given_at"].date()) == (["大气"], date(2024, 3, 5))


def test_report_table_of_the_petition_system(tmp_path, take):
    headings = [
        "信访件编号",
        "信访件状态",
        "本机构初次标志",
        "登记时间",
        "信访形式",
        "登记机构名称",
        "zrdwslsj",
        "dfsj",
        "bjsj",
        "zrdwpjzt",
        "zrdwmyz",
        "pjjzsj",
    ]
    rows = [headings]
    for n, (state, rating) in enumerate((("2", "0"), ("2", "1"), ("2", "3"), ("3", ""), ("0", ""), ("", "")), 1):
        rows.append(
            [
                f"HB{n}",
                "已办结",
                "1",
                "2024-01-05",
                "200",
                "下陆分局",
                "2024-01-08",
                "2024-02-01",
                "2024-02-02",
                state,
                rating,
                "2024-03-05",
            ]
        )
    _, cases = take(write_csv(tmp_path / "宽表_20240401.csv", rows))
    assert [cases[f"HB{n}"]["rating"] for n in range(1, 7)] == ["满意", "基本满意", "不满意", None, None, None]
    assert [cases[f"HB{n}"]["rating_state"] for n in range(1, 7)] == ["已评价"] * 3 + ["超期未评价", "待评价", "待评价"]
    assert cases["HB1"]["closed_at"] == datetime(2024, 2, 2)
    assert cases["HB1"]["due_at"].date() == date(2024, 3, 8)


def test_hotline_work_orders(tmp_path, take):
    headings = ["工单编号", "工单类型", "问题分类", "标签", "标题", "主要内容", "工单状态", "来电人", "来电人电话/账号", "被反映区", "被反映街乡镇", "办理结果", "回复内容",
                "处理受理方式", "办结时间", "企业名称", "是否解决", "是否满意", "工单性质", "村/社区", "小区点位"]  # fmt: skip
    rows = [
        headings,
        ["热线-240708-000123", "投诉", "城乡环境->噪声污染->建筑施工噪声", "环保", "夜间施工", "工地夜间施工", "已办结", "李样本", "19900004321", "下陆区",
         "团城山街道", "办结", "已责令停工", "电话", "2024-07-12 10:00:00", "演示工地", "已解决", "满意", "主办", "某社区", "某小区"],
        ["热线-240709-000124", "咨询", "大气污染", "", "", "", "处理中", "匿名", "", "大冶市", "", "", "", "", "", "", "", "", "主办", "", ""],
        ["热线-240709-000125", "举报", "环境保护->大气->餐饮油烟", "", "", "", "办结", "匿名", "", "黄石港区", "", "", "", "", "2024-07-10", "", "部分解决", "未评价", "主办", "", ""],
        ["热线-240709-000125", "举报", "环境保护->大气->餐饮油烟", "", "", "", "办结", "匿名", "", "西塞山区", "", "", "", "", "2024-07-10", "", "部分解决", "未评价", "协办", "", ""],
        ["热线-待定", "投诉", "大气", "", "", "", "处理中", "", "", "下陆区", "", "", "", "", "", "", "", "", "", "", ""],
    ]  # fmt: skip
    result, cases = take(write_csv(tmp_path / "热线_20240731.csv", rows, "gb18030"))
    assert profiles_of(result) == ["12345热线工单明细"]
    assert (result.rows_read, result.accepted, result.quarantined) == (5, 4, 1)
    assert dict(result.rejections) == {"R03": 1}
    assert result.unknown_headings == []
    first = cases["热线-240708-000123"]
    assert first["received_at"] == datetime(2024, 7, 8)
    assert first["due_at"].date() == date(2024, 7, 15)
    assert (first["channel"], first["branch"], first["status"]) == ("12345热线", "下陆区分局", "已办结")
    assert (list(first["pollution"]), list(first["pollution_sub"])) == (["噪声"], ["建筑施工噪声"])
    assert (first["solved"], first["rating"], first["handling_role"]) == ("解决", "满意", "主办")
    assert (first["site_name"], first["case_type"]) == ("演示工地", "投诉")
    shared = cases["热线-240709-000125"]
    assert (shared["branch"], list(shared["co_branches"])) == ("黄石港区分局", ["西塞山区分局"])
    assert (shared["rating"], shared["rating_state"], shared["solved"]) == (None, "未评价", "部分解决")
    assert len(cases) == 3


def test_hotline_official_form(tmp_path, take):
    rows = [
        ["工单编号", "工单标题", "工单内容", "推送时间", "承办单位", "问题分类", "问题点位"],
        [
            "2024070812345601",
            "异味",
            "夜间异味",
            "2024/7/8 9:5:1",
            "黄石市生态环境局阳新县分局",
            "环境保护>大气污染>异味",
            "兴国镇",
        ],
        ["2024070812345602", "噪声", "冷库噪声", "2024/7/9", "港区分局", "环境保护>噪声污染>工业噪声", "沈家营"],
    ]
    result, cases = take(write_csv(tmp_path / "推送_20240731.tsv", rows, "utf-16", "\t"))
    assert profiles_of(result) == ["12345热线推送单"]
    assert (result.rows_read, result.accepted, result.files[0].format) == (2, 2, "tsv")
    first, second = cases["2024070812345601"], cases["2024070812345602"]
    assert first["received_at"] == datetime(2024, 7, 8, 9, 5, 1)
    assert (first["branch"], second["branch"]) == ("阳新县分局", "黄石港区分局")
    assert (list(first["pollution"]), list(first["pollution_sub"])) == (["大气"], ["恶臭异味"])
    assert (second["site_address"], second["status"]) == ("沈家营", "未注明")


def test_hotline_public_page(tmp_path, take):
    rows = [
        ["诉求编号", "诉求类型", "处理状态", "诉求标题", "递交时间", "所属部门", "事发地点", "诉求内容", "回复意见"],
        ["SQ20240708001", "投诉", "已办结", "油烟", "2024-07-08 12:00", "西塞山分局", "黄思湾", "油烟扰民", "已整改"],
        ["SQ20240708002", "建议", "处理中", "绿化", "2024-07-08 13:00", "市城管委", "团城山", "建议绿化", ""],
    ]
    result, cases = take(write_csv(tmp_path / "公开_20240731.csv", rows, delimiter=";"))
    assert profiles_of(result) == ["12345热线公开页"]
    assert (cases["SQ20240708001"]["branch"], cases["SQ20240708001"]["status"]) == ("西塞山区分局", "已办结")
    assert (cases["SQ20240708002"]["branch"], cases["SQ20240708002"]["case_type"]) == ("待归属", "建议")
    assert result.unmatched_branches == {"市城管委": 1}


def test_hubei_public_table(tmp_path, take):
    rows = [
        ["湖北省生态环境厅环境信访事项办理情况公示"],
        ["地区", "信访件编号", "投诉时间", "投诉方式", "投诉内容", "交办方式", "调查处理情况"],
        ["大冶市", "230704420000020365", "7.4", "来电", "异味", "转黄石市生态环境局办理", "已整改"],
        [None, "230710420000020399", "7.10", "网络", "噪声", "转黄石市生态环境局办理", "已整改"],
        [None, "231231420000021399", "12.31", "网络", "噪声", "转黄石市生态环境局办理", ""],
        ["阳新县", "230705420000020401", "7月5日", "来信", "污水", "转黄石市生态环境局办理", "已整改"],
        ["合计", "4件"],
        [None, "230706420000020402", "7.6", "来电", "废气", "转黄石市生态环境局办理", "已整改"],
    ]
    result, cases = take(write_xlsx(tmp_path / "公示_20240110.xlsx", rows, ("A1:G1", "A3:A5")))
    assert profiles_of(result) == ["湖北省公示表"]
    assert (result.rows_read, result.accepted, result.quarantined) == (5, 5, 0)
    assert cases["230704420000020365"]["received_at"] == datetime(2023, 7, 4)
    assert cases["230710420000020399"]["received_at"] == datetime(2023, 7, 10)
    assert cases["231231420000021399"]["received_at"] == datetime(2023, 12, 31)
    assert cases["230705420000020401"]["received_at"] == datetime(2023, 7, 5)
    branches = [
        cases[n]["branch"]
        for n in ("230704420000020365", "230710420000020399", "231231420000021399", "230705420000020401")
    ]
    assert branches == ["大冶市分局"] * 3 + ["阳新县分局"]
    assert cases["230706420000020402"]["branch"] == "待归属"  # merged cells are not filled past a total
    assert [cases[n]["channel"] for n in ("230704420000020365", "230710420000020399")] == ["电话", "网络"]


def test_a_number_that_excel_destroyed_is_no_number(tmp_path, take):
    rows = [
        ["地区", "信访件编号", "投诉时间", "投诉方式", "投诉内容", "交办方式", "调查处理情况"],
        ["大冶市", 230704420000020365, "7.4", "来电", "异味", "", ""],
        ["大冶市", "2.30704E+17", "7.4", "来电", "异味", "", ""],
        ["大冶市", "230704420000020000", "7.4", "来电", "异味", "", ""],
        ["大冶市", "230704420000020366", "7.4", "来电", "异味", "", ""],
    ]
    result, cases = take(write_xlsx(tmp_path / "公示_20240110.xlsx", rows))
    assert (result.accepted, result.quarantined) == (1, 3)
    assert dict(result.rejections) == {"R02": 3}
    assert list(cases) == ["230704420000020366"]


def test_hangzhou_platform(tmp_path, take):
    headings = [
        "序号",
        "省信访件编号",
        "市受理编号",
        "区县受理编号",
        "反映日期",
        "姓名",
        "来电号码",
        "联系电话",
        "发生地",
        "反映内容",
        "内容分类",
        "紧急程度",
        "处理人",
        "来源方式",
    ]
    rows = [
        ["杭州市环境信访统一平台导出"],
        ["2024年3月31日"],
        headings,
        ["1", "240301330000000012", "HZ2024030001", "XH0001", "2024-03-01", "王示例", "", "199-0000-5678", "下陆区", "油烟扰民", "大气、噪声", "一般", "演示", "电话"],
        ["2", "", "HZ2024030002", "", "2024年3月2日", "匿名", "", "", "某路口", "扬尘", "扬尘", "紧急", "演示", "微信"],
        ["合计", "2"],
    ]  # fmt: skip
    result, cases = take(write_xlsx(tmp_path / "导出.xlsx", rows, ("A1:N1", "A2:N2")))
    assert profiles_of(result) == ["杭州统一平台"]
    assert (result.rows_read, result.accepted, result.files[0].header_row) == (2, 2, 3)
    assert result.as_of.date() == date(2024, 3, 31)
    first, second = cases["HZ2024030001"], cases["HZ2024030002"]
    assert (first["upstream_no"], first["local_no"], first["branch"]) == ("240301330000000012", "XH0001", "下陆区分局")
    assert (first["petitioner_phone"], list(first["pollution"])) == ("199****5678", ["大气", "噪声"])
    assert (second["branch"], second["channel"], list(second["pollution_sub"])) == ("待归属", "微信", ["扬尘"])


def test_a_caller_is_known_by_either_of_two_telephones(tmp_path, take):
    """Hangzhou has 来电号码 and 联系电话: where one is blank the other counts."""
    rows = [
        ["市受理编号", "反映日期", "姓名", "来电号码", "联系电话", "发生地", "来源方式"],
        ["HZ1", "2024-03-01", "匿名", "19900001111", "", "下陆区", "电话"],
        ["HZ2", "2024-03-02", "匿名", "", "19900001111", "下陆区", "电话"],
    ]
    result, cases = take(write_csv(tmp_path / "导出_20240331.csv", rows))
    assert cases["HZ1"]["petitioner_phone"] == cases["HZ2"]["petitioner_phone"] == "199****1111"
    assert cases["HZ1"]["petitioner_key"] == cases["HZ2"]["petitioner_key"] is not None
    assert result.unknown_headings == []


def test_inspection_table(tmp_path, take):
    headings = [
        "序号",
        "受理编号",
        "交办问题基本情况",
        "行政区域",
        "问题类型",
        "调查核实情况",
        "是否属实",
        "办结目标",
        "处理和整改情况",
        "是否办结",
        "责任人被处理情况",
    ]
    rows = [
        ["黄石市第三批交办信访件办理情况公开表"],
        headings,
        [
            "1",
            "D3HB202405250066",
            "采石扬尘",
            "阳新县",
            "大气,噪声",
            "已核查",
            "属实",
            "立行立改",
            "已整改",
            "已办结",
            "无",
        ],
        ["2", "X3HB202405260071", "污水直排", "", "水", "已核查", "不属实", "立行立改", "已解释", "阶段性办结", "无"],
        ["3", "X3HB202405260072", "堆场", "黄石市大冶市", "土壤", "已核查", "部分属实", "", "", "否", "无"],
        ["合计", "", "3件"],
    ]
    result, cases = take(write_xlsx(tmp_path / "督察_20240620.xlsx", rows, ("A1:K1", "D3:D4")))
    assert profiles_of(result) == ["督察交办"]
    assert (result.rows_read, result.accepted) == (3, 3)
    first, second, third = (cases[n] for n in ("D3HB202405250066", "X3HB202405260071", "X3HB202405260072"))
    assert (first["received_at"], first["channel"], first["source"]) == (datetime(2024, 5, 25), "上级交办", "督察交办")
    assert [case["branch"] for case in (first, second, third)] == ["阳新县分局", "阳新县分局", "大冶市分局"]
    assert [case["status"] for case in (first, second, third)] == ["已办结", "办理中", "办理中"]
    assert [case["substantiated"] for case in (first, second, third)] == ["属实", "不属实", "部分属实"]
    assert list(first["pollution"]) == ["大气", "噪声"]


def test_legacy_enforcement_system(tmp_path, take):
    headings = [
        "信访来源",
        "信访编号",
        "信访内容",
        "信访人",
        "联系电话",
        "记录人",
        "污染类型",
        "来文名称",
        "企业地址",
        "信访时间",
        "记录时间",
        "办结时限",
    ]
    book = xlwt.Workbook()
    sheet = book.add_sheet("信访")
    as_date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for c, heading in enumerate(headings):
        sheet.write(0, c, heading)
    cells = [
        "来电",
        "2015090010002",
        "黑烟",
        "赵样本",
        19900001111,
        "钱演示",
        "大气污染,噪声污染",
        "",
        "某路1号",
        datetime(2015, 9, 1),
        "",
        datetime(2015, 10, 31),
    ]
    for c, cell in enumerate(cells):
        sheet.write(1, c, cell, *([as_date] if isinstance(cell, datetime) else []))
    for c, cell in enumerate(["来信", "2015090020003", "臭味", "匿名", "", "", "3,7", "", "", datetime(2015, 9, 2)]):
        sheet.write(2, c, cell, *([as_date] if isinstance(cell, datetime) else []))
    path = tmp_path / "旧系统_20151231.xls"
    book.save(str(path))
    result, cases = take(path)
    assert profiles_of(result) == ["旧环保执法系统"]
    assert (result.rows_read, result.accepted, result.files[0].format) == (2, 2, "xls")
    first, second = cases["2015090010002"], cases["2015090020003"]
    assert (first["received_at"], first["channel"]) == (datetime(2015, 9, 1), "电话")
    assert (list(first["pollution"]), first["petitioner_phone"]) == (["大气", "噪声"], "199****1111")
    assert first["due_given_at"] == datetime(2015, 10, 31)
    assert list(second["pollution"]) == ["未识别"]  # numbers of a dictionary that only the bureau has


def test_mailbox_ledger_with_several_sheets(tmp_path, take):
    headings = ["序号", "信件编号", "信件状态", "来信时间", "来信渠道", "群众姓名", "手机号码", "信件类别", "信件细类", "简要诉求", "分县局", "主办单位", "重复信件", "退回信件",
                "县局签收", "所队签收", "回访满意", "回访时群众态度", "是否逾期", "办结后初次信访", "初次满意", "核查结论", "典型案例", "弄虚作假"]  # fmt: skip
    book = openpyxl.Workbook()
    for number, name in enumerate(("信箱", "工单"), 1):
        sheet = book.active if number == 1 else book.create_sheet()
        sheet.title = name
        sheet.append(["局长信箱办理台账"])
        sheet.append(headings)
        sheet.append(["1", f"XX-{number}", "已办结", datetime(2024, 5, number), "局长信箱", "孙示例", "19900002222", "投诉", "噪声", "噪声扰民", "铁山分局", "",
                      "是" if number == 2 else "否", "否", "是", "是", "满意", "认可", "否", "是", "是", "属实", "否", "否"])  # fmt: skip
    notes = book.create_sheet("说明")
    notes.append(["本表由信访办维护"])
    path = tmp_path / "信箱_20240601.xlsx"
    book.save(path)
    result, cases = take(path)
    assert profiles_of(result) == ["局长信箱台账"] * 2
    assert (result.rows_read, result.accepted) == (2, 2)
    assert (cases["XX-1"]["is_repeat"], cases["XX-2"]["is_repeat"]) == (False, True)
    assert (cases["XX-1"]["channel"], cases["XX-1"]["branch"], cases["XX-1"]["rating"]) == (
        "网络",
        "开发区·铁山区分局",
        "满意",
    )
    assert (cases["XX-1"]["substantiated"], cases["XX-1"]["is_returned"]) == ("属实", False)


def test_bureau_ledger_under_our_own_labels(tmp_path, take):
    headings = ["信访件编号", "渠道", "登记时间", "受理时间", "办结时间", "办理状态", "责任分局", "协办分局", "延期天数", "延期已批准", "污染类型", "二级污染", "信访人数", "集体访",
                "重件（本机构）", "重点件", "包保领导", "评价状态", "满意度", "评价时间", "解决情况", "经度", "信访人", "身份证号", "信访人住址", "反映内容"]  # fmt: skip
    rows = [
        headings,
        ["HS-1", "来访", datetime(2024, 3, 1, 9), datetime(2024, 3, 4), None, "办理中", "下陆区分局", "西塞山分局、港区分局", 20, "已批准", "水", "工业废水", 6, "√",
         "初件", "是", "演示局长", "待评价", None, None, None, 115.03, "周演示", "420202199001011234", "黄石大道1号2栋301", "周演示住黄石大道1号2栋301"],
        ["HS-2", "来信", datetime(2024, 3, 2), datetime(2024, 3, 4), datetime(2024, 3, 20), "办结", "下陆区分局", None, None, None, "大气；噪声", None, 1, None,
         "重件", "否", None, "已评价", "非常满意", datetime(2024, 3, 22), "已解决", None, "匿名", None, None, None],
    ]  # fmt: skip
    result, cases = take(write_xlsx(tmp_path / "台账_20240331.xlsx", rows))
    assert profiles_of(result) == ["本局台账"]
    assert (result.accepted, result.unknown_headings) == (2, [])
    first, second = cases["HS-1"], cases["HS-2"]
    assert sorted(first["co_branches"]) == ["西塞山区分局", "黄石港区分局"]
    assert first["due_at"].date() == date(2024, 5, 23)  # 60 + 20 days approved
    assert (first["persons"], first["is_group"], first["is_key_case"], first["lon"]) == (6, True, True, 115.03)
    assert (first["is_repeat"], second["is_repeat"]) == (False, True)
    assert (second["rating"], second["solved"], list(second["pollution"])) == ("满意", "解决", ["大气", "噪声"])
    stored = str(first)
    assert "周演示" not in stored and "301" not in stored and "420202199001011234" not in stored


def test_backlog_and_key_case_ledgers(tmp_path, take):
    backlog = [
        ["黄石市生态环境局信访积案台账"],
        [
            "积案批次",
            "信访件编号",
            "事项",
            "责任分局",
            "包案领导",
            "列入时间",
            "化解目标时间",
            "化解标志",
            "化解时间",
            "化解依据",
        ],
        [
            "2022年第一批",
            "230704420000020365",
            "异味",
            "大冶分局",
            "演示局长",
            "2022-06-30",
            "2023年6月30日",
            "是",
            "2023.5.1",
            "息诉罢访协议",
        ],
        [
            "2022年第一批",
            "230704420000020366",
            "噪声",
            "阳新县分局",
            "演示局长",
            "2022-06-30",
            "2023年6月30日",
            "未化解",
            "",
            "",
        ],
        [
            "2022年第一批",
            "230704420000020367",
            "噪声",
            "阳新县分局",
            "演示局长",
            "2022-06-30",
            "2023年6月30日",
            "已化解",
            "",
            "",
        ],
    ]
    result, rows = take(write_xlsx(tmp_path / "积案_20251031.xlsx", backlog), table="backlog")
    assert profiles_of(result) == ["积案台账"]
    assert [row["is_resolved"] for row in rows.values()] == [True, False, True]
    assert result.warnings["W15"] == 1
    assert rows["230704420000020365"]["branch"] == "大冶市分局"
    key_cases = [
        ["信访件编号", "事项", "责任分局", "包保领导", "列入时间", "目标时间", "解决标志", "解决时间", "办理情况"],
        [
            "230704420000020368",
            "团城山异味",
            "下陆区分局",
            "演示局长",
            "2025-03-10",
            "2025-08-01",
            "已解决",
            "2025-07-18",
            "整改完成",
        ],
    ]
    result, rows = take(write_csv(tmp_path / "包保_20251031.csv", key_cases), table="key_cases")
    assert profiles_of(result) == ["领导包保台账"]
    solved = rows["230704420000020368"]
    assert (solved["is_solved"], solved["solved_at"], solved["leader"]) == (True, datetime(2025, 7, 18), "演示局长")
