"""Behind a reverse proxy with a path prefix, and with TLS of its own: addresses, cookies and links are the right ones."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.sync.client import connect

from data.access import audit
from tests.access.serving import Browser, run, serving, staffed, texts


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return staffed(tmp_path_factory.mktemp("proxied") / "store")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return the files of a certificate that signs itself, and of its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]),
    )
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
    ).sign(key, hashes.SHA256())
    folder = tmp_path_factory.mktemp("tls")
    encoding = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(encoding))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain))
    return folder / "cert.pem", folder / "key.pem"


def last_sign_in(store):
    return next(entry for entry in audit.entries(store) if entry.event == "sign_in").address


def test_behind_a_proxy_with_a_prefix(store):
    with serving(store, base="/kpi") as address:
        by_proxy = {"x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6, 10.20.30.40", "host": "kpi.example"}
        browser = Browser(address)
        browser.origin = "https://kpi.example"
        assert browser.get("/branches?a=1", **by_proxy).headers["location"] == "/kpi/login?next=%2Fbranches%3Fa%3D1"
        assert 'action="/kpi/login?next=' in browser.get("/login?next=%2Fbranches", **by_proxy).text
        for outside in ("/", "/login", "/report", "/_stcore/health"):
            answer = browser.http.get(address.removesuffix("/kpi") + outside, headers={"accept": "*/*"})
            assert answer.status_code == 401
        answer = browser.post(
            "/login?next=%2Fbranches", {"account": "office.one", "password": "Tian-qi.2026"}, **by_proxy
        )
        given = answer.headers["set-cookie"]
        assert answer.headers["location"] == "/kpi/branches" and "Path=/kpi" in given and "Secure" in given
        assert "strict-transport-security" in answer.headers and last_sign_in(store) == "10.20.30.40"
        jar = {"cookie": given.partition(";")[0]}
        page = browser.get("/", **by_proxy, **jar)
        assert page.status_code == 200 and "wss://kpi.example;" in page.headers["content-security-policy"]
        health = browser.ask("/_stcore/health", **by_proxy, **jar)
        assert all("Secure" in one for one in health.headers.get_list("set-cookie"))
        with browser.page(
            **{name: value for name, value in by_proxy.items() if name != "host"}, **jar, origin=address
        ) as socket:
            assert "office一" in texts(run(socket))


def test_a_proxy_that_is_not_named_is_not_believed_and_tls_of_our_own(store, certificate):
    cert, key = certificate
    options = ("--server.sslCertFile", str(cert), "--server.sslKeyFile", str(key))
    with serving(store, *options, tls=True, KPI_PROXIES="10.0.0.1") as address:
        browser = Browser(address)
        answer = browser.post(
            "/login", {"account": "office.one", "password": "Tian-qi.2026"},
            **{"x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "http"},
        )  # fmt: skip
        assert answer.status_code == 303 and last_sign_in(store) == "127.0.0.1"
        assert "Secure" in answer.headers["set-cookie"] and "strict-transport-security" in answer.headers
        context = ssl.create_default_context(cafile=cert)
        context.check_hostname = False
        jar = {"cookie": answer.headers["set-cookie"].partition(";")[0], "origin": address}
        url = address.replace("https", "wss") + "/_stcore/stream"
        with connect(
            url, ssl=context, additional_headers=jar, subprotocols=["streamlit"], proxy=None, max_size=None
        ) as page:
            assert "office一" in texts(run(page))
        browser.http.close()  # else the server waits half a minute for its answer when it ends
