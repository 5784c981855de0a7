"""Two and a half quiet years, and a smell that comes into them: for the tests of warnings on a real store."""

from datetime import datetime, timedelta

FIRM = "团城山某厂（虚构）"


def years(extra: list[dict]) -> list[dict]:
    """Return two and a half quiet years to 30 April 2025, a case every other day at thirty places, and `extra`."""
    start = datetime(2022, 10, 1, 9)
    quiet = [
        {
            "received_at": start + timedelta(days=2 * i),
            "site_name": f"平常点位{i % 30}号",
            "site_address": f"大冶市{('金湖', '罗桥', '东岳路')[i % 3]}街道",
            "branch": ("大冶市分局", "下陆区分局", "阳新县分局")[i % 3],
            "pollution": [("大气", "噪声", "水")[i % 7 % 3]],
            "petitioner_key": f"q{i}",
        }
        for i in range(471)
    ]
    return quiet + extra


def smell(days: list[str], people: list[str | None]) -> list[dict]:
    """Return cases at the firm in 2025, one for each day and petitioner, in two writings by turns."""
    return [
        {"received_at": f"2025-{day}", "site_name": FIRM if i % 2 else "团城山某厂(虚构)", "petitioner_key": person,
         "site_address": "下陆区团城山街道桂林路", "branch": "下陆区分局", "pollution": ["大气"]}
        for i, (day, person) in enumerate(zip(days, people, strict=True))
    ]  # fmt: skip
