"""A store fetched from a lake is cut by bureau on the page 查询; a city's own store does not offer it."""

from data.store import Store
from tests.lake.rows import edited
from tests.metrics.build import make_store

CASES = [
    {
        "case_no": f"{bureau} · 1",
        "branch": f"{bureau} · 直属分局",
        "received_at": "2025-09-02",
        "accepted_at": "2025-09-03",
    }
    for bureau in ("黄石市", "鄂州市")
]


def _groups(test) -> list[str]:
    (chosen,) = (box for box in test.selectbox if box.label == "分组")
    return chosen.options


def test_the_bureau_is_offered_where_there_are_several(opened, tmp_path):
    make_store(tmp_path, CASES, branches=[case["branch"] for case in CASES])
    assert "上报单位" not in _groups(opened("pages/explore.py", tmp_path))
    edited(tmp_path, "INSERT INTO meta VALUES ('lake_snapshot', '7')")
    assert Store(tmp_path).reader().is_of_bureaus
    test = opened("pages/explore.py", tmp_path, by="上报单位")
    assert not test.exception and "上报单位" in _groups(test)
    shown = "\n".join(str(frame.value.to_dict("records")) for frame in test.dataframe) + "".join(
        element.proto.body for element in test.get("html")
    )
    assert "黄石市" in shown and "鄂州市" in shown
