"""The gate with real server processes: without a session nothing from any route, and no session that is not one's own."""

import json
import subprocess
import sys
import time

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from data.access import audit
from data.access.accounts import Accounts
from data.store import Store
from pages.server import cookie
from tests.access.conftest import PASSWORD
from tests.access.serving import (
    HTML,
    OTHER_PASSWORD,
    ROOT,
    Browser,
    closes_with,
    command,
    environment,
    run,
    serving,
    staffed,
    texts,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
OPEN = {"/login", "/access/oidc", "/access/oidc/callback"}
# What a server says of its routes: those of the app, and Streamlit's as it builds them; files below what is mounted.
LISTING = """
import json, os, serve
from starlette.routing import Mount
def listed(routes):
    for route in routes:
        if isinstance(route, Mount):
            yield route.path + "/", "mount"
            top = getattr(route.app, "directory", None)
            for folder, _, names in os.walk(top or ""):
                yield from ((route.path + "/" + os.path.relpath(os.path.join(folder, name), top), "file") for name in names[:2])
        else:
            yield route.path, type(route).__name__
print(json.dumps(list(listed(serve.app._build_starlette_app().routes))))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return staffed(tmp_path_factory.mktemp("staffed") / "store")


@pytest.fixture(scope="module")
def address(store):
    with serving(store) as found:
        yield found


@pytest.fixture(scope="module")
def routes(store):
    listed = subprocess.run(
        [sys.executable, "-c", LISTING],
        cwd=ROOT,
        env=environment(store),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(listed.stdout.splitlines()[-1])


@pytest.fixture
def anybody(address):
    return Browser(address)


@pytest.fixture
def office(address):
    return Browser(address).sign_in("office.one")


def filled(path):
    """Return a route's path with something in the place of its parameters."""
    name = "0" * 32
    return (
        path.replace("{file_id:path}", name)
        .replace("{path:path}", name)
        .replace("{session_id}", name)
        .replace("{file_id}", name)
    )


def events(store, event):
    return [entry for entry in audit.entries(store) if entry.event == event]


def test_the_routes_are_those_of_the_app(routes):
    paths = {path for path, _ in routes}
    assert {
        "/login",
        "/logout",
        "/account",
        "/report",
        "/_stcore/health",
        "/_stcore/stream",
        "/media/{file_id:path}",
    } <= paths
    assert len(routes) > 20 and sum(kind == "file" for _, kind in routes) > 5
    assert {path for path, _ in routes if path in OPEN} == OPEN


def test_without_a_session_no_route_gives_anything(routes, address):
    asked = [filled(path) for path, _ in routes if path not in OPEN]
    asked += [f"/{path.stem}" for path in (ROOT / "pages").glob("*.py")]
    asked += [
        "/",
        "//",
        "/.",
        "/%2e%2e/",
        "/login/",
        "/LOGIN",
        "/login/x",
        "/media/%2e%2e/login",
        "/x/login",
        "/login%2f",
        "/login%00",
    ]
    bare = Browser(address).http
    for path in dict.fromkeys(asked):
        for method, accept in [*((method, "*/*") for method in METHODS), ("GET", "text/html")]:
            answer = bare.request(method, address + path, headers={"accept": accept})
            where = f"{method} {path} {accept}: {answer.status_code}"
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/login") and answer.content == b"", where
            else:
                assert answer.status_code in (400, 401, 403) and len(answer.content) < 120, where
            assert "set-cookie" not in answer.headers and answer.headers["x-content-type-options"] == "nosniff", where


def test_the_open_routes_give_a_form_and_no_more(address):
    bare = Browser(address).http
    for path in OPEN:
        for method in METHODS:
            answer = bare.request(method, address + path)
            assert answer.status_code in (200, 401, 403, 404) and "Streamlit" not in answer.text, (method, path)
            assert answer.status_code != 200 or path == "/login"
    assert "<script" not in bare.get(address + "/login").text


@pytest.mark.parametrize("name", ["X-Kpi-Session", "x_kpi_session", "X-KPI_Session", "X-Forwarded-User"])
def test_a_header_that_the_client_sends_is_nobody(anybody, name):
    forged = '["token","127.0.0.1"].c2lnbmF0dXJl'
    assert anybody.ask("/_stcore/health", **{name: forged}).status_code == 401
    with pytest.raises(InvalidStatus) as refused, anybody.page(**{name: forged}):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_runs_for_who_has_signed_in_as_who_they_are(office):
    assert office.get("/").status_code == 200
    with office.page(**{"X_KPI_Session": "forged", "x-kpi-session": "forged"}) as page:
        assert "office一" in texts(run(page))


def test_a_cookie_is_only_good_as_it_was_given(store, address, office, tmp_path):
    good = office.cookie
    token = cookie.token(store, {"headers": [(b"cookie", f"kpi_session={good}".encode())]})
    bad = [
        token,
        good[:-2],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        cookie.seal(Store(tmp_path), token),
        cookie.seal(store, "x"),
        "",
        "a.b",
    ]
    for value in bad:
        forger = Browser(address)
        forger.http.cookies.set("kpi_session", value)
        assert forger.ask("/_stcore/health").status_code == 401
    assert office.ask("/_stcore/health").status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_other_sites_can_open_no_page_and_send_no_form(office, origin):
    with pytest.raises(InvalidStatus), office.page(origin=origin):
        pass
    assert office.post("/logout", origin=origin).status_code == 403
    assert office.post("/access/stay", **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert office.http.post(office.address + "/logout").status_code == 403  # says nothing of where it comes from
    assert office.ask("/access/state").status_code == 200


def test_signing_in_gives_a_new_token_always_and_leads_back_to_own_pages_only(store, address):
    browser = Browser(address)
    browser.http.cookies.set("kpi_session", cookie.seal(store, "chosen-by-somebody-else"))
    answer = browser.post("/login?next=%2Fbranches%3Fa%3D1", {"account": " Office.One ", "password": PASSWORD})
    assert answer.headers["location"] == "/branches?a=1"
    given = answer.headers["set-cookie"]
    assert "HttpOnly" in given and "samesite=lax" in given.lower() and "Path=/" in given and "Secure" not in given
    first = browser.http.cookies.get("kpi_session", domain="127.0.0.1")
    again = browser.post("/login?next=//evil.example/", {"account": "office.one", "password": PASSWORD})
    assert again.headers["location"] == "/" and cookie.NAME in again.headers["set-cookie"]
    old = Browser(address)
    old.http.cookies.set("kpi_session", first)
    assert old.ask("/access/state").status_code == 401


def test_a_wrong_password_is_told_on_the_form_and_in_the_log(store, anybody):
    answer = anybody.post("/login", {"account": "leader.one", "password": "no"})
    assert answer.status_code == 401 and "账号或密码不对" in answer.text and "set-cookie" not in answer.headers
    assert events(store, "sign_in_failed")[0].address == "127.0.0.1"
    unknown = anybody.post("/login", {"account": '"><script>', "password": "no"})
    assert unknown.status_code == 401 and "<script" not in unknown.text


def test_what_lasts_longer_than_a_form_is_no_form(anybody):
    assert anybody.post("/login", {"account": "x" * 100_000, "password": "y"}).status_code == 401


def test_where_the_log_cannot_be_written_nobody_signs_in(store, anybody):
    log = store.access_folder / "audit"
    away = log.rename(store.access_folder / "audit-away")
    try:
        log.write_text("not a folder", "utf-8")
        answer = anybody.post("/login", {"account": "office.one", "password": PASSWORD})
        assert answer.status_code == 503 and "审计日志" in answer.text and "set-cookie" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
    finally:
        log.unlink()
        away.rename(log)
    anybody.sign_in("office.one")


def test_signing_out_ends_open_pages_at_once(store, address, office):
    second = Browser(address).sign_in("office.one")
    with office.page() as page, second.page() as other:
        run(page)
        assert office.post("/logout").headers["location"] == "/login?said=out"
        assert closes_with(page, 2) == 4401
        assert run(other)
    assert office.cookie == "" and office.get("/").status_code == 303
    assert events(store, "sign_out")[0].account == "office.one"
    second.post("/logout")


def test_a_first_password_must_be_changed_before_anything_else(store, address):
    first = Accounts(store).add("new.one", "新来的", "leader")
    new = Browser(address).sign_in("new.one", first)
    assert new.get("/branches").headers["location"] == "/account"
    assert new.ask("/_stcore/health").status_code == 403 and new.get("/report").headers["location"] == "/account"
    with pytest.raises(InvalidStatus), new.page():
        pass
    fields = {"old": first, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert "不一样" in new.post("/account", fields | {"again": "x"}).text
    assert "至少" in new.post("/account", fields | {"new": "short", "again": "short"}).text
    assert new.post("/account", fields | {"old": "wrong"}).status_code == 401
    assert new.post("/account?next=%2Fbacklog", fields).headers["location"] == "/backlog"
    assert new.get("/branches").status_code == 200


def test_a_changed_password_signs_out_everywhere_else(address):
    one, other = Browser(address).sign_in("branch.one"), Browser(address).sign_in("branch.one")
    with other.page() as page:
        run(page)
        fields = {"old": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
        assert one.post("/account", fields).status_code == 303
        assert closes_with(page, 2) == 4401
    assert other.get("/").status_code == 303 and one.get("/").status_code == 200
    back = {"old": OTHER_PASSWORD, "new": PASSWORD, "again": PASSWORD}
    assert one.post("/account", back).status_code == 303


def test_an_account_that_is_disabled_elsewhere_is_out_within_seconds(store, address):
    leader = Browser(address).sign_in("leader.one")
    with leader.page() as page:
        run(page)
        Accounts(store).change("leader.one", enabled=False)
        began = time.monotonic()
        assert closes_with(page, 15) == 4401 and time.monotonic() - began < 15
    assert leader.ask("/access/state").status_code == 401
    Accounts(store).change("leader.one", enabled=True)


def test_what_a_page_asks_about_its_login_does_not_prolong_it(office):
    left = office.ask("/access/state").json()["seconds_left"]
    assert 0 < left <= 1800
    assert office.ask("/access/stay", "POST").json()["seconds_left"] > 1700


def uploads(page):
    """Ask for a place to upload to, as the upload box does, and return its address."""
    message = BackMsg()
    message.file_urls_request.file_names.append("a.csv")
    message.file_urls_request.request_id = "1"
    page.send(message.SerializeToString())
    while True:
        told = ForwardMsg.FromString(page.recv(timeout=30))
        if told.WhichOneof("type") == "file_urls_response":
            return told.file_urls_response.file_urls[0].upload_url


def test_only_who_may_import_uploads_and_only_to_an_own_place(store, address, office):
    other, auditor = Browser(address).sign_in("office.one"), Browser(address).sign_in("auditor.one")
    with office.page() as page, auditor.page() as reading:
        run(page), run(reading)
        place, forbidden = uploads(page), uploads(reading)
        token = office.get("/_stcore/health").headers["set-cookie"].split(";")[0].partition("=")[2]
        parts = {"files": {"file": ("a.csv", b"a,b\n1,2\n")}, "headers": {"x-xsrftoken": token, "cookie": ""}}

        def put(browser, path):
            jar = f"kpi_session={browser.cookie}; _streamlit_xsrf={token}"
            headers = {"x-xsrftoken": token, "cookie": jar, "origin": browser.origin}
            return browser.http.put(browser.address + path, files=parts["files"], headers=headers).status_code

        assert put(other, place) == 403
        assert put(auditor, place) == 403 and put(auditor, forbidden) == 403
        assert put(office, place) == 204
    refused = events(store, "refused")[0]
    assert refused.account == "auditor.one" and refused.what["address"].startswith("/_stcore/upload_file/")


def test_a_login_cannot_go_on_with_the_page_of_another(address, office):
    with office.page() as page:
        session = next(
            one for one in run(page) if one.WhichOneof("type") == "new_session"
        ).new_session.initialize.session_id
    thief = Browser(address).sign_in("auditor.one")
    with thief.page("x", session) as page:
        given = next(
            one for one in run(page) if one.WhichOneof("type") == "new_session"
        ).new_session.initialize.session_id
        assert given != session
    with office.page("x", session) as page:
        given = next(
            one for one in run(page) if one.WhichOneof("type") == "new_session"
        ).new_session.initialize.session_id
        assert given == session


def test_a_file_is_only_for_who_was_sent_its_address(store, office):
    assert office.ask(f"/media/{'0' * 32}.csv").status_code == 403
    assert events(store, "refused")[0].what["address"].startswith("/media/")


@pytest.mark.parametrize(
    "account,status", [("office.one", 404), ("branch.one", 404), ("auditor.one", 403), ("admin.one", 403)]
)
def test_the_report_is_for_who_may_read_it(store, address, account, status):
    browser = Browser(address).sign_in(account)
    answer = browser.get("/report")
    assert answer.status_code == status  # 404: nothing is frozen here
    assert ("下陆区分局还没有定稿" in answer.text) == (account == "branch.one")
    if account == "branch.one":
        assert browser.get("/report?branch=大冶市分局").status_code == 403
    assert events(store, "refused" if status == 403 else "page")[0].account == account


def test_every_answer_has_the_headers(address, office):
    for answer in (
        office.get("/"),
        office.get("/branches"),
        Browser(address).ask("/x"),
        Browser(address).get("/login"),
        office.ask("/_stcore/health"),
    ):
        given = answer.headers
        assert given["cache-control"] == "no-store" and given["x-frame-options"] == "SAMEORIGIN"
        assert given["referrer-policy"] == "same-origin" and "camera=()" in given["permissions-policy"]
        assert "frame-ancestors 'self'" in given["content-security-policy"] and "strict-transport-security" not in given
        assert "unsafe-inline" not in given["content-security-policy"].split("script-src")[-1].split(";")[0]
        assert "access-control-allow-origin" not in given
    page = office.get("/").text
    script = next(part for part in page.split('"') if part.startswith("./static/js/index."))
    assert office.ask(script[1:]).headers["cache-control"].startswith("private, immutable")


def test_no_other_path_takes_a_websocket(office, anybody):
    for path in ("/login", "/access/oidc", "/", "/report"):
        for browser in (office, anybody):
            with pytest.raises(InvalidStatus):
                browser.page(path=path)


def test_without_an_account_it_does_not_start_on_a_network(tmp_path):
    refused = subprocess.run(
        command(1, "--server.address", "0.0.0.0"), cwd=ROOT, env=environment(Store(tmp_path / "store")), capture_output=True,
        encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert (
        refused.returncode == 1 and "python -m data users add" in refused.stderr and "Traceback" not in refused.stderr
    )


def test_open_to_this_machine_alone_until_there_is_an_account(tmp_path):
    store = Store(tmp_path / "store")
    with serving(store) as address:
        alone = Browser(address)
        assert alone.get("/").status_code == 200 and alone.get("/login").headers["location"] == "/"
        marks = [
            {"host": "board.example"}, {"x-forwarded-for": "10.1.1.1"}, {"x-forwarded-host": "a"}, {"forwarded": "for=1.2.3.4"},
            {"x-real-ip": "10.1.1.1"}, {"origin": "http://board.example"},
        ]  # fmt: skip
        for mark in marks:
            assert alone.http.get(address + "/", headers=HTML | mark).status_code == 403, mark
            with pytest.raises(InvalidStatus), alone.page(**mark):
                pass
        with alone.page() as page:
            run(page)
            Accounts(store).add("first.admin", "首位", "admin")
            assert alone.get("/").headers["location"] == "/login"
            assert closes_with(page, 8) == 4401
