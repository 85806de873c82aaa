"""The guarded client against a real server on this machine, reached by every trick that was thought of."""

from __future__ import annotations

import datetime
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tongguan.core.fetch import Fetcher, FetchFailed, FetchRefused, Limits, Policy, policy_of
from tongguan.core.settings import load_settings

PUBLIC = "93.184.216.34"
Say = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server on 127.0.0.1 that answers by path and notes what came."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[tuple[str, str, bytes]] = []
        self.answers: dict[str, Say] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                site.seen.append((self.command, self.path, body))
                site.answers.get(self.path, fine)(self)

            do_GET = do_POST = reply  # noqa: N815 (the base class names them so)

            def log_message(self, format: str, *args: Any) -> None:
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = int(self.server.server_address[1])
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def say(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def fine(handler: BaseHTTPRequestHandler) -> None:
    say(handler, 200, b"fine")


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


class Detour(httpcore.NetworkBackend):
    """Stands for the internet: a connection to the public address ends at the test's server."""

    def __init__(self, port: int) -> None:
        self.port, self.connected = port, list[str]()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append(host)
        target = ("127.0.0.1", self.port) if host == PUBLIC else (host, port)
        return httpcore.SyncBackend().connect_tcp(*target, timeout=timeout, socket_options=socket_options)


def outside(site: Site, names: Mapping[str, Sequence[str]] | None = None, **more: Any) -> tuple[Fetcher, Detour]:
    """A client without exceptions, for which `example.com` is outside."""
    detour, known = Detour(site.port), {"example.com": [PUBLIC], **(names or {})}
    policy = Policy(frozenset({80, 443, site.port}))
    return Fetcher(policy, resolve=lambda host, _: known[host], backend=detour, **more), detour


def code(error: pytest.ExceptionInfo[Any]) -> tuple[str, str]:
    return error.value.code, error.value.params.get("reason", "")


def test_a_public_address_is_called_and_the_name_is_kept(site: Site) -> None:
    fetcher, detour = outside(site)
    site.answers["/a?b=1"] = lambda one: say(one, 201, one.headers["host"].encode(), X="1")
    answer = fetcher.request("POST", "http://example.com/a?b=1", {"Content-Type": "text/plain"}, "中".encode())
    assert (answer.status, answer.body, answer.headers["x"]) == (201, b"example.com", "1")
    assert site.seen == [("POST", "/a?b=1", "中".encode())]
    assert detour.connected == [PUBLIC]


LOOPBACK = (
    *("127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"),
    *("[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127.0.0.1", "127。0。0。1", "0"),
)


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_in_every_form_is_refused(site: Site, host: str) -> None:
    fetcher = Fetcher(Policy(frozenset({site.port})))
    url = f"http://{host}:{site.port}/"
    for call in (lambda: fetcher.check(url), lambda: fetcher.request("GET", url)):
        with pytest.raises(FetchRefused) as error:
            call()
        assert code(error)[0] in ("fetch.inside", "fetch.url")
    assert site.seen == []


@pytest.mark.parametrize("name", ["localhost", "localhost."])
def test_a_name_of_this_machine_is_refused(site: Site, name: str) -> None:
    with pytest.raises(FetchRefused) as error:
        Fetcher(Policy(frozenset({site.port}))).request("GET", f"http://{name}:{site.port}/")
    assert code(error) == ("fetch.inside", "loopback")
    assert site.seen == []


def test_one_inside_address_among_good_ones_refuses_the_name(site: Site) -> None:
    fetcher, detour = outside(site, {"mixed.example": [PUBLIC, "::ffff:10.0.0.8"]})
    with pytest.raises(FetchRefused) as error:
        fetcher.request("GET", "http://mixed.example/")
    assert code(error) == ("fetch.inside", "private")
    assert detour.connected == []


def test_a_name_that_changes_between_two_looks_gains_nothing(site: Site) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    detour = Detour(site.port)
    fetcher = Fetcher(Policy(frozenset({80})), resolve=lambda *_: next(answers), backend=detour)
    assert fetcher.request("GET", "http://rebind.example/").status == 200
    assert detour.connected == [PUBLIC]  # looked up once, connected to what was checked
    with pytest.raises(FetchRefused):
        fetcher.request("GET", "http://rebind.example/")
    assert detour.connected == [PUBLIC]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "inside.example"])
def test_a_redirect_inside_is_refused(site: Site, host: str, status: int) -> None:
    fetcher, _ = outside(site, {"inside.example": ["192.168.3.4"]})
    site.answers["/go"] = lambda one: say(one, status, Location=f"http://{host}:{site.port}/secret")
    with pytest.raises(FetchRefused) as error:
        fetcher.request("GET", "http://example.com/go")
    assert code(error)[0] == "fetch.inside"
    assert [path for _, path, _ in site.seen] == ["/go"]


def test_redirects_end_and_keep_the_method(site: Site) -> None:
    fetcher, _ = outside(site)
    site.answers["/turn"] = lambda one: say(one, 307, Location="/turn")
    site.answers["/once"] = lambda one: say(one, 308, Location="/end")
    site.answers["/see"] = lambda one: say(one, 302, Location="/end")
    with pytest.raises(FetchFailed) as error:
        fetcher.request("POST", "http://example.com/turn", body=b"x")
    assert code(error)[0] == "fetch.redirects"
    assert len(site.seen) == Limits().redirects + 1
    assert fetcher.request("POST", "http://example.com/once", body=b"kept").status == 200
    assert site.seen[-1] == ("POST", "/end", b"kept")
    assert fetcher.request("POST", "http://example.com/see", body=b"x").status == 302


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://example.com/", "fetch.url"),
        ("file:///etc/passwd", "fetch.url"),
        ("gopher://example.com:80/", "fetch.url"),
        ("http://", "fetch.url"),
        ("not an address", "fetch.url"),
        ("http://example.com:22/", "fetch.port"),
        ("http://user:secret@example.com/", "fetch.userinfo"),
        ("http://exa mple.com/", "fetch.url"),
    ],
)
def test_other_schemes_ports_and_secrets_in_addresses_are_refused(site: Site, url: str, expected: str) -> None:
    with pytest.raises(FetchRefused) as error:
        outside(site)[0].check(url)
    assert code(error)[0] == expected


def test_a_named_host_of_the_own_network_is_called_and_nothing_beside_it(site: Site) -> None:
    settings = load_settings(fetch_hosts=f"127.0.0.1:{site.port}, MES.factory", fetch_ports="80")
    fetcher = Fetcher(policy_of(settings), resolve=lambda host, _: {"mes.factory": ["169.254.169.254"]}[host])
    assert fetcher.request("GET", f"http://127.0.0.1:{site.port}/").status == 200
    with pytest.raises(FetchRefused) as error:
        fetcher.request("GET", "http://127.0.0.1/")  # the port belongs to the name
    assert code(error)[0] == "fetch.inside"
    with pytest.raises(FetchRefused) as error:
        fetcher.request("GET", "http://mes.factory/")  # metadata services stay closed, whoever is named
    assert code(error) == ("fetch.inside", "link_local")


def test_too_many_bytes_and_too_much_time_end_the_call(site: Site) -> None:
    fetcher, _ = outside(site, limits=Limits(seconds=0.6, body_bytes=1000))
    site.answers["/big"] = lambda one: say(one, 200, b"x" * 1001)

    def drip(one: BaseHTTPRequestHandler) -> None:
        one.send_response(200)
        one.end_headers()
        for _ in range(30):
            try:
                one.wfile.write(b".")
                one.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    site.answers["/slow"] = drip
    with pytest.raises(FetchFailed) as error:
        fetcher.request("GET", "http://example.com/big")
    assert code(error)[0] == "fetch.too_large"
    began = time.monotonic()
    with pytest.raises(FetchFailed) as error:
        fetcher.request("GET", "http://example.com/slow")
    assert code(error)[0] == "fetch.timeout"
    assert time.monotonic() - began < 2


def test_nobody_there_and_no_such_name_are_said_in_words(site: Site) -> None:
    fetcher, _ = outside(site, {"closed.example": ["198.51.100.1"], "none.example": []})
    with pytest.raises(FetchFailed) as error:
        fetcher.request("GET", "http://none.example/")
    assert code(error)[0] == "fetch.name"

    def nothing(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(FetchFailed) as error:
        Fetcher(Policy(), resolve=nothing).request("GET", "http://none.example/")
    assert code(error)[0] == "fetch.name"


def certificate(name: str, folder: Path) -> Path:
    """A certificate for a name, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - datetime.timedelta(days=1))
        .not_valid_after(moment + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_tls_verifies_the_name_although_a_number_is_connected_to(tmp_path: Path) -> None:
    file = certificate("right.example", tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    site = Site(serving)
    try:
        trusting = ssl.create_default_context(cafile=str(file))
        names = {"right.example": [PUBLIC], "wrong.example": [PUBLIC]}
        fetcher, detour = outside(site, names, tls=trusting)
        assert fetcher.request("GET", "https://right.example/").body == b"fine"
        with pytest.raises(FetchFailed) as error:
            fetcher.request("GET", "https://wrong.example/")
        assert code(error)[0] == "fetch.failed"
        site.answers["/down"] = lambda one: say(one, 307, Location="http://right.example/")
        with pytest.raises(FetchRefused) as refused:
            fetcher.request("POST", "https://right.example/down", body=b"x")
        assert code(refused)[0] == "fetch.downgrade"
        assert set(detour.connected) == {PUBLIC}
    finally:
        site.close()
