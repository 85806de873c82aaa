"""The only way out: HTTP calls to addresses that people typed in, guarded against reaching the inside of the network.

A name is resolved once, every address it has is checked, and the connection goes to a checked address; so a name that
answers differently the next moment gains nothing. TLS still verifies the name. Redirects go through the same door.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from typing import Any, ClassVar

import httpcore
import httpx

from tongguan.core.addresses import OWN_NETWORK, IPAddress, refusal
from tongguan.core.errors import Invalid, TongguanError, Unavailable
from tongguan.core.settings import Settings

Resolve = Callable[[str, int], Sequence[str]]
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_names = ThreadPoolExecutor(8, thread_name_prefix="resolve")


class FetchRefused(Invalid):
    """The address may not be called: what is wrong with it stands in the code."""


class FetchFailed(Unavailable):
    """The address may be called, but did not answer as it should."""

    status: ClassVar[int] = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much."""

    connect_seconds: float = 5
    seconds: float = 15
    body_bytes: int = 1 << 20
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be called: ports, and hosts of the own network (`host` or `host:port`)."""

    ports: frozenset[int] = frozenset({80, 443})
    hosts: frozenset[str] = frozenset()

    def names(self, host: str, port: int) -> bool:
        """Whether the settings name this host."""
        return host in self.hosts or f"{host}:{port}" in self.hosts

    def takes_port(self, host: str, port: int) -> bool:
        """Whether this port may be called."""
        return port in self.ports or f"{host}:{port}" in self.hosts


def policy_of(settings: Settings) -> Policy:
    """The policy that the settings of the installation ask for."""
    ports = frozenset(int(part) for part in _parts(settings.fetch_ports))
    return Policy(ports, frozenset(part.lower().rstrip(".") for part in _parts(settings.fetch_hosts)))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def system_resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, as the system finds them. OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]).partition("%")[0] for each in found]


class Fetcher:
    """Calls addresses under a policy. `resolve` and `backend` are replaced by tests."""

    def __init__(
        self,
        policy: Policy,
        limits: Limits | None = None,
        resolve: Resolve = system_resolve,
        backend: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.policy, self.limits = policy, limits or Limits()
        self._resolve, self._backend, self._tls = resolve, backend or httpcore.SyncBackend(), tls

    def check(self, url: str) -> None:
        """Refuses what no call could ever reach, without asking the network. FetchRefused names the fault."""
        host, port = self._checked_url(url)
        literal = _literal(host)
        if literal is not None:
            self._check_address(host, port, literal)

    def request(self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        """One call, redirects followed. FetchRefused when the way leads inside, FetchFailed when nothing good came."""
        deadline = time.monotonic() + self.limits.seconds
        method, sent = method.upper(), dict(headers or {})
        for _ in range(self.limits.redirects + 1):
            answer = self._once(method, url, sent, body, deadline)
            target = answer.headers.get("location")
            if answer.status not in REDIRECTS or not target:
                return answer
            following = str(httpx.URL(url).join(target))
            # A POST that becomes a GET would lose its content without a word: only 307 and 308 keep it.
            if method not in ("GET", "HEAD") and answer.status not in (307, 308):
                return answer
            if url.startswith("https:") and not following.startswith("https:"):
                raise FetchRefused("fetch.downgrade", "The answer leads away from https.", {"host": _host(url)})
            if _origin(following) != _origin(url):
                sent = {name: value for name, value in sent.items() if name.lower() not in ("authorization", "cookie")}
            url = following
        raise FetchFailed("fetch.redirects", "Too many redirects.", {"host": _host(url)})

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes, deadline: float) -> Answer:
        host, port = self._checked_url(url)
        door = _Door(self._backend, self._addresses(host, port, deadline), self.limits.connect_seconds, deadline)
        facts = {"host": host}
        try:
            with httpcore.ConnectionPool(ssl_context=self._context(), network_backend=door, retries=0) as pool:
                with pool.stream(
                    method, str(httpx.URL(url)), headers=_headers(host, port, url, headers), content=body
                ) as got:
                    received = self._body(got.iter_stream(), facts)
                    found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in got.headers}
                    return Answer(got.status, found, received, url)
        except (httpcore.TimeoutException, TooSlow) as error:
            raise FetchFailed("fetch.timeout", f"{host} did not answer in time.", facts) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            words = f"{host}: {type(error).__name__}: {error}"[:300]
            raise FetchFailed("fetch.failed", words, {**facts, "detail": str(error)[:200]}) from error

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _body(self, parts: Iterable[bytes], facts: dict[str, Any]) -> bytes:
        received = bytearray()
        for part in parts:
            received += part
            if len(received) > self.limits.body_bytes:
                params = {**facts, "limit": self.limits.body_bytes}
                raise FetchFailed("fetch.too_large", f"{facts['host']} answered with too many bytes.", params)
        return bytes(received)

    def _checked_url(self, url: str) -> tuple[str, int]:
        try:
            parsed = httpx.URL(url)
            host, port = parsed.raw_host.decode("ascii").lower().rstrip("."), parsed.port
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise FetchRefused("fetch.url", "This is no address that can be called.", {"url": url[:200]}) from error
        if parsed.scheme not in PORTS or not host or "%" in host:
            raise FetchRefused("fetch.url", "Only http:// and https:// can be called.", {"url": url[:200]})
        if parsed.userinfo:
            raise FetchRefused("fetch.userinfo", "No name and password in the address, please.", {"host": host})
        port = port or PORTS[parsed.scheme]
        if not self.policy.takes_port(host, port):
            raise FetchRefused("fetch.port", f"Port {port} may not be called.", {"host": host, "port": port})
        return host, port

    def _addresses(self, host: str, port: int, deadline: float) -> list[str]:
        """All checked addresses of a host. One bad address among good ones refuses the host."""
        literal = _literal(host)
        if literal is not None:
            self._check_address(host, port, literal)
            return [str(literal)]
        try:
            # The system's resolver has no time limit of its own.
            found = _names.submit(self._resolve, host, port).result(max(0.1, deadline - time.monotonic()))
            addresses = [ipaddress.ip_address(each.partition("%")[0]) for each in dict.fromkeys(found)]
        except TooSlow as error:
            raise FetchFailed("fetch.timeout", f"{host} was not found in time.", {"host": host}) from error
        except (OSError, ValueError, UnicodeError) as error:
            raise FetchFailed("fetch.name", f"{host} has no address.", {"host": host}) from error
        if not addresses:
            raise FetchFailed("fetch.name", f"{host} has no address.", {"host": host})
        for address in addresses:
            self._check_address(host, port, address)
        return [str(address) for address in addresses]

    def _check_address(self, host: str, port: int, address: IPAddress) -> None:
        reason = refusal(address)
        if reason is None or (reason in OWN_NETWORK and self.policy.names(host, port)):
            return
        words = f"{host} is an address inside the network ({reason}); the machine's settings must name it first."
        raise FetchRefused("fetch.inside", words, {"host": host, "reason": reason})


class _Door(httpcore.NetworkBackend):
    """Connects to checked addresses only, whatever name is asked for, and keeps the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend, addresses: Sequence[str], connect: float, deadline: float):
        self._backend, self._addresses, self._connect, self._deadline = backend, addresses, connect, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first checked address that answers; `host` is not looked up again."""
        del host, timeout, local_address
        problem: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            left = min(self._connect, _left(self._deadline))
            try:
                stream = self._backend.connect_tcp(address, port, timeout=left, socket_options=socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
                continue
            return _Stream(stream, self._deadline)
        raise problem


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline: an answer dripping in byte by byte ends too."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes."""
        del timeout
        return self._stream.read(max_bytes, timeout=_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends bytes."""
        del timeout
        self._stream.write(buffer, timeout=_left(self._deadline))

    def close(self) -> None:
        """Ends the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """TLS for the name of the address, not for the number that was connected to."""
        del timeout
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=_left(self._deadline))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Facts of the socket."""
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left


def _literal(host: str) -> IPAddress | None:
    """The address that a host is, also in the old forms that systems take: 2130706433, 0x7f.1, 127.1."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host[:1].isdigit() else None
    except OSError:
        return None


def _headers(host: str, port: int, url: str, given: dict[str, str]) -> list[tuple[bytes, bytes]]:
    parsed = httpx.URL(url)
    name = f"[{host}]" if ":" in host else host
    shown = name if port == PORTS[parsed.scheme] else f"{name}:{port}"
    own = {"Host": shown, "User-Agent": "Tongguan", "Accept": "*/*", "Accept-Encoding": "identity"}
    return [(name.encode("ascii"), value.encode("utf-8")) for name, value in {**own, **given}.items()]


def _host(url: str) -> str:
    return httpx.URL(url).host


def _origin(url: str) -> tuple[str, str, int | None]:
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host, parsed.port


def words_of(error: TongguanError) -> str:
    """An error of a call in one line, for a row of a table."""
    return f"{error.code}: {error.message}"[:500]
