"""What is believed of a request, where a login leads back to, and what is said by which address: the pure parts of the gate."""

import ipaddress

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_media_file_storage import _calculate_file_id

from data.errors import UserError
from data.store import Store
from pages.server import arriving, cookie, headers, identity, media, mode, sockets, where

NETWORKS = (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("10.1.0.0/16"))


def request(peer="127.0.0.1", scheme="http", kind="http", path="/", **named):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()]
    return {"type": kind, "scheme": scheme, "client": (peer, 4711), "headers": raw, "path": path, "query_string": b""}


@pytest.mark.parametrize(
    "peer,forwarded,address",
    [
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("127.0.0.1", "6.6.6.6, 10.9.9.9", "10.9.9.9"),  # only the last link is the proxy's own word
        ("10.1.2.3", "10.9.9.9:1234", "10.9.9.9"),
        ("10.1.2.3", "6.6.6.6,[2001:db8::1]:80", "2001:db8::1"),
        ("::ffff:10.1.2.3", "10.9.9.9", "10.9.9.9"),
        ("127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"),
        ("10.2.0.1", "6.6.6.6", "10.2.0.1"),
        ("::ffff:10.2.0.1", "6.6.6.6", "10.2.0.1"),
    ],
)
def test_a_client_is_who_a_believed_proxy_says(peer, forwarded, address):
    assert arriving.address(arriving.believed(request(peer, x_forwarded_for=forwarded), NETWORKS)) == address


@pytest.mark.parametrize(
    "peer,said,scheme",
    [
        ("10.1.0.9", "https", "wss"),
        ("10.1.0.9", "https, http", "ws"),
        ("10.2.0.1", "https", "ws"),
        ("10.1.0.9", "gopher", "ws"),
    ],
)
def test_a_scheme_is_what_a_believed_proxy_says(peer, said, scheme):
    found = arriving.believed(request(peer, "ws", "websocket", x_forwarded_proto=said), NETWORKS)
    assert found["scheme"] == scheme and arriving.is_encrypted(found) == (scheme == "wss")


@pytest.mark.parametrize("name", [b"x-kpi-session", b"X-KPI-Session", b"x_kpi_session", b"x-kpi_user"])
def test_what_only_we_may_say_is_thrown_away(name):
    found = arriving.believed(request() | {"headers": [(name, b"1"), (b"accept", b"*/*")]}, NETWORKS)
    assert found["headers"] == [(b"accept", b"*/*")]


def test_the_identity_is_what_this_process_signed():
    scope = arriving.with_identity(request("10.9.9.9"), "token")
    assert identity.verified(scope["headers"][-1][1].decode()) == ("token", "10.9.9.9")
    assert identity.verified('["token","10.9.9.9"].x') is None and identity.verified(None) is None


def test_proxies_are_addresses_or_networks(monkeypatch):
    monkeypatch.setenv(arriving.PROXIES, "10.1.0.1, 10.2.0.0/16,::1")
    assert [str(one) for one in arriving.proxies()] == ["10.1.0.1/32", "10.2.0.0/16", "::1/128"]
    monkeypatch.setenv(arriving.PROXIES, "proxy.local")
    with pytest.raises(UserError, match="KPI_PROXIES"):
        arriving.proxies()


@pytest.mark.parametrize(
    "own,named",
    [
        (True, {"origin": "http://kpi.local", "host": "kpi.local"}),
        (True, {"origin": "http://kpi.local:80", "host": "kpi.local"}),
        (True, {"host": "kpi.local", "sec_fetch_site": "same-origin"}),
        (False, {"host": "kpi.local"}),
        (False, {"origin": "http://kpi.local:81", "host": "kpi.local"}),
        (False, {"origin": "http://kpi.local.evil", "host": "kpi.local"}),
        (False, {"origin": "null", "host": "kpi.local"}),
        (False, {"origin": "http://[", "host": "kpi.local"}),
        (False, {"origin": "http://kpi.local", "host": "kpi.local", "sec_fetch_site": "same-site"}),
    ],
)
def test_a_form_comes_from_an_own_page(own, named):
    assert arriving.is_from_own_page(request(**named)) is own


NOWHERE = [
    "",
    "branches",
    "http://a.b",
    "https:/a.b",
    "//a.b",
    "/\\a.b",
    "/\t/a.b",
    "/a\r\nset-cookie: b",
    "/x//y",
    "/../x",
    "/login",
    "/logout",
    "/account/",
    "javascript:alert(1)",
    "/分局",
    "/" + "x" * 3000,
    "/ x",
]


@pytest.mark.parametrize("wanted", NOWHERE, ids=range(len(NOWHERE)))
def test_a_login_leads_to_no_strange_place(wanted):
    assert where.back(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/branches?a=%E5%88%86&b=//c", "/report?key=2025-09"])
def test_a_login_leads_back_to_where_one_was(wanted):
    assert where.back(wanted) == wanted


def test_the_way_to_the_login_keeps_what_was_asked_for():
    scope = request(path="/分局") | {"query_string": b"a=%E5%88%86&next=//x"}
    found = where.to_login(scope)
    assert found == "/login?next=%2F%25E5%2588%2586%25E5%25B1%2580%3Fa%3D%25E5%2588%2586%26next%3D%2F%2Fx"
    assert where.to_login(request()) == "/login"


@pytest.mark.parametrize(
    "address,here",
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("127.8.8.8", True),
        ("", False),
        ("0.0.0.0", False),
        ("::", False),
        ("10.1.1.1", False),
        ("localhost.evil", False),
    ],
)
def test_without_login_only_this_machine(address, here):
    assert (mode.refusal(address, {"Host": "127.0.0.1:8501"}) is None) is here


@pytest.mark.parametrize(
    "name,value",
    [
        ("host", "kpi.local"),
        ("Forwarded", "x"),
        ("X-Forwarded-Proto", "https"),
        ("X-Real-IP", "1.1.1.1"),
        ("Origin", "http://kpi.local"),
    ],
)
def test_without_login_nobody_through_a_proxy_or_another_name(name, value):
    assert "python -m data users add" in mode.refusal("127.0.0.1", {name: value})


@pytest.fixture
def undecided(monkeypatch):
    monkeypatch.setattr(mode, "_gate", "none")
    monkeypatch.setattr("data.access.viewer._with_login", False)


def test_single_sign_on_asks_for_a_login_too_and_a_login_stays(undecided, tmp_path):
    store = Store(tmp_path)
    mode.decide(store, "localhost")
    assert mode.gate() == "open" and not mode.with_login(store)
    with pytest.raises(UserError, match=r"10\.1\.1\.1"):
        mode.decide(store, "10.1.1.1")
    store.access_folder.mkdir(parents=True)
    (store.access_folder / mode.SINGLE_SIGN_ON).touch()
    assert mode.with_login(store)
    (store.access_folder / mode.SINGLE_SIGN_ON).unlink()
    mode.decide(store, "10.1.1.1")
    mode.set_gate("open")
    assert mode.gate() == "login"


def test_the_key_of_the_cookie_is_the_owners_and_stays(tmp_path):
    store = Store(tmp_path)
    key = cookie.key(store)
    path = store.access_folder / "cookie.key"
    assert len(key) == 32 and cookie.key(store) == key and path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in store.access_folder.iterdir()] == ["cookie.key"]
    path.write_bytes(b"")
    with pytest.raises(UserError, match="已损坏"):
        cookie.key(store)


def test_a_policy_allows_the_scripts_of_the_page_by_their_hash():
    found = headers.policy(
        request(host="kpi.local:8443", scheme="https"), "<script>a</script><script src='b'></script>"
    )
    assert "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='" in found and "wss://kpi.local:8443;" in found
    assert "evil" not in headers.policy(request(host="a;script-src evil"))


def test_addresses_of_files_are_found_in_what_a_page_is_told():
    name = _calculate_file_id(b"content", "text/csv", "a.csv")
    place = "/_stcore/upload_file/" + "/".join(["12345678-1234-1234-1234-123456789abc"] * 2)
    found = media.addresses(f"\x12\x3b/media/{name}.csvJ\x01x{place}ab /media/short".encode())
    assert found == [f"/media/{name}", place]
    assert media.address_of(f"/media/{name}.csv") == found[0] and media.address_of(place) == place
    assert media.address_of("/media/../x") is None and media.is_file("/media/../x") and not media.is_file("/branches")


def test_the_memory_of_what_was_sent_is_bounded():
    sent = media.Sent(most_addresses=2, most_logins=2)
    sent.note("a", ["1", "2"])
    sent.note("a", ["1", "3"])
    assert [sent.knows("a", one) for one in "123"] == [True, False, True] and not sent.knows("b", "1")
    for login in "bcb":
        sent.note(login, ["9"])
    assert not sent.knows("a", "1") and sent.knows("b", "9")
    sent.forget("b")
    assert not sent.knows("b", "9")


def test_what_a_page_does_by_itself_is_no_act_of_a_person():
    by_hand, by_itself, heartbeat = BackMsg(), BackMsg(), BackMsg()
    by_hand.rerun_script.query_string = ""
    by_itself.rerun_script.is_auto_rerun = True
    heartbeat.app_heartbeat = True
    assert [sockets.is_by_hand(one.SerializeToString()) for one in (by_hand, by_itself, heartbeat)] == [
        True,
        False,
        False,
    ]
    assert not sockets.is_by_hand(b"\xff") and not sockets.is_by_hand(b"")
