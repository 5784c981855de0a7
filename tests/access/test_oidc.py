"""Single sign-on with a real identity provider on this machine: code flow with PKCE, state and nonce, signed with RS256."""

import base64
import hashlib
import secrets
import socket
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from data.access import audit
from data.access.accounts import Accounts
from data.errors import UserError
from data.store import Store
from pages.server import oidc
from tests.access.serving import Browser, run, serving, staffed, texts

CLIENT, SECRET = "kpi", "a-secret-of-the-test"


class Provider:
    """An identity provider that signs in whoever `name` says; what it should do wrong stands in `wrong`."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.name, self.wrong = "office.sso", ""
        self.codes: dict[str, dict[str, str]] = {}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.issuer = f"http://127.0.0.1:{probe.getsockname()[1]}"
        routes = [
            Route("/.well-known/openid-configuration", self.metadata),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", lambda request: JSONResponse(KeySet([self.key]).as_dict(private=False))),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=urlsplit(self.issuer).port, log_level="warning")
        self.server = uvicorn.Server(config)

    async def metadata(self, request: Request) -> JSONResponse:
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return JSONResponse({"issuer": self.issuer} | {name: self.issuer + path for name, path in paths.items()})

    async def authorize(self, request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        assert asked["code_challenge_method"] == "S256" and asked["nonce"] and asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    async def token(self, request: Request) -> JSONResponse:
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(given["code"])
        proof = hashlib.sha256(given["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == asked["code_challenge"]
        assert given["redirect_uri"] == asked["redirect_uri"]
        assert request.headers["authorization"] == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "4711", "iat": now, "exp": now + 60, "nonce": asked["nonce"],
            "preferred_username": self.name,
        }  # fmt: skip
        key = self.key
        match self.wrong:
            case "nonce":
                claims["nonce"] = "another"
            case "audience":
                claims["aud"] = "another"
            case "issuer":
                claims["iss"] = "http://another.example"
            case "expired":
                claims |= {"iat": now - 9000, "exp": now - 8000}
            case "key":
                key = RSAKey.generate_key(2048, {"kid": "one"})
            case "claim":
                del claims["preferred_username"]
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": signed})


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    thread = threading.Thread(target=made.server.run, daemon=True)
    thread.start()
    while not made.server.started:
        time.sleep(0.05)
    yield made
    made.server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def store(tmp_path_factory, provider):
    made = staffed(tmp_path_factory.mktemp("single") / "store")
    Accounts(made).add("office.sso", "单点张", "office", sso=True)
    Accounts(made).add("leaver.sso", "离职李", "leader", sso=True)
    Accounts(made).change("leaver.sso", enabled=False)
    (made.access_folder / "oidc.toml").write_text(
        f'issuer = "{provider.issuer}/"\nclient_id = "{CLIENT}"\nclient_secret = "{SECRET}"\nlabel = "用统一身份<登录>"\n',
        "utf-8",
    )
    return made


@pytest.fixture(scope="module")
def address(store):
    with serving(store) as found:
        yield found


@pytest.fixture(autouse=True)
def as_it_should_be(provider):
    provider.name, provider.wrong = "office.sso", ""


def by_the_provider(browser, path="/access/oidc"):
    """Follow the button to the provider and return the address that it leads back to."""
    away = browser.get(path)
    assert away.status_code == 302, away.text
    back = browser.http.get(away.headers["location"]).headers["location"]
    assert back.startswith(browser.address)
    return back.removeprefix(browser.address)


def told(store):
    return next(entry for entry in audit.entries(store) if entry.event == "sign_in_failed")


def test_the_button_leads_to_the_provider_and_back_to_the_page(store, address):
    browser = Browser(address)
    form = browser.get("/login?next=%2Fbranches").text
    assert "用统一身份&lt;登录&gt;" in form and 'href="/access/oidc?next=%2Fbranches"' in form
    answer = browser.get(by_the_provider(browser, "/access/oidc?next=%2Fbranches"))
    assert answer.status_code == 303 and answer.headers["location"] == "/branches"
    assert {cookie.name for cookie in browser.http.cookies.jar} == {"kpi_session"}  # nothing is left of the way there
    with browser.page() as page:
        assert "单点张" in texts(run(page))
    signed_in = next(entry for entry in audit.entries(store) if entry.event == "sign_in")
    assert (signed_in.account, signed_in.what["what"]) == ("office.sso", "单点登录")
    assert "密码不在看板里" in browser.get("/account").text
    browser.post("/logout")
    assert browser.get("/").status_code == 303


def test_the_way_there_is_kept_in_a_cookie_of_its_own(address):
    browser = Browser(address)
    given = browser.get("/access/oidc").headers.get_list("set-cookie")
    assert len(given) == 1 and given[0].startswith("kpi_sso=")
    assert (
        "httponly" in given[0].lower()
        and "samesite=lax" in given[0].lower()
        and "path=/access/oidc" in given[0].lower()
    )


@pytest.mark.parametrize("name", ["nobody", "leaver.sso", "office.one", "", "<b>x</b>"])
def test_who_has_no_account_for_it_is_refused_and_written_down(store, address, provider, name):
    provider.name = name
    browser = Browser(address)
    answer = browser.get(by_the_provider(browser))
    assert answer.status_code == 403 and "没有可登录的账号" in answer.text and "<b>" not in answer.text
    assert browser.cookie == "" and told(store).what["reason"] == "没有可单点登录的账号"


@pytest.mark.parametrize("wrong", ["nonce", "audience", "issuer", "expired", "key", "claim"])
def test_a_token_that_is_not_ours_is_refused(store, address, provider, wrong):
    provider.wrong = wrong
    browser = Browser(address)
    answer = browser.get(by_the_provider(browser))
    assert answer.status_code == 401 and "没有成功" in answer.text and browser.cookie == ""
    assert "单点登录没有成功" in told(store).what["reason"]


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(address):
    browser = Browser(address)
    back = by_the_provider(browser)
    assert Browser(address).get(back).status_code == 401
    assert browser.get(back.replace("state=", "state=x")).status_code == 401
    assert browser.get(back).status_code == 401  # the failed attempt has ended it
    assert browser.get("/access/oidc/callback?error=access_denied").status_code == 401


def test_a_file_that_says_too_little_is_told_and_hides_the_button(tmp_path):
    store = Store(tmp_path)
    assert oidc.provider(store) is None and oidc.button(store) is None
    store.access_folder.mkdir(parents=True)
    path = store.access_folder / "oidc.toml"
    for number, text in enumerate(
        ('issuer = "https://a"', "issuer = ", 'issuer = "a"\nclient_id = "b"\nclient_secret = "c"\nunknown = "d"')
    ):
        path.write_text(text + "\n" * number, "utf-8")
        with pytest.raises(UserError, match=r"oidc\.toml"):
            oidc.provider(store)
        assert oidc.button(store) is None
