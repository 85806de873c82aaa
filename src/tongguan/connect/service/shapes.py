"""How a call looks for each kind of receiver, how it is signed, and what counts as received. Pure.

DingTalk: milliseconds and HMAC-SHA256 over "time\\nsecret" under the secret, Base64, in the address.
Feishu: seconds and HMAC-SHA256 over nothing under "time\\nsecret", Base64, in the body. WeCom: no signature; its key
stands in the address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import orjson

SIGNATURE, TIMESTAMP = "Tongguan-Signature", "Tongguan-Timestamp"
WECOM_BYTES = 4000


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What a person in a chat group reads."""

    title: str
    lines: tuple[str, ...]
    link: str

    def markdown(self) -> str:
        """As the Markdown that DingTalk and WeCom understand."""
        rows = "\n".join(f"> {plain(line)}" for line in self.lines)
        return (
            f"### {plain(self.title)}\n{rows}\n\n[{self.link}]({self.link})"
            if self.link
            else f"### {self.title}\n{rows}"
        )


def plain(text: str) -> str:
    """Text of people without what Markdown would take for a link, a picture or a heading."""
    return "".join(" " if char in "\r\n" else char for char in text if char not in "[]()<>`*#")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the hexadecimal HMAC-SHA256 of timestamp, a dot and the body."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


def build(
    kind: str, url: str, secret: str, content: dict[str, Any], message: Message, seconds: float, delivery: str
) -> Call:
    """The call of a hook for one delivery at a moment (Unix seconds)."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if kind == "generic":
        body, stamp = orjson.dumps(content), str(int(seconds))
        headers |= {"Tongguan-Event": str(content.get("event", "")), "Tongguan-Delivery": delivery, TIMESTAMP: stamp}
        return Call(url, {**headers, SIGNATURE: signature(secret, stamp, body)}, body)
    if kind == "dingtalk":
        wish = {"msgtype": "markdown", "markdown": {"title": message.title, "text": message.markdown()}}
        return Call(_dingtalk_url(url, secret, seconds), headers, orjson.dumps(wish))
    if kind == "feishu":
        return Call(url, headers, orjson.dumps({**_feishu_sign(secret, seconds), **_feishu_post(message)}))
    text = message.markdown().encode()[:WECOM_BYTES].decode(errors="ignore")
    return Call(url, headers, orjson.dumps({"msgtype": "markdown", "markdown": {"content": text}}))


def _dingtalk_url(url: str, secret: str, seconds: float) -> str:
    if not secret:
        return url
    stamp = str(round(seconds * 1000))
    mac = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query), ("timestamp", stamp), ("sign", base64.b64encode(mac).decode())]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _feishu_sign(secret: str, seconds: float) -> dict[str, str]:
    if not secret:
        return {}
    stamp = str(int(seconds))
    mac = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(mac).decode()}


def _feishu_post(message: Message) -> dict[str, Any]:
    rows: list[list[dict[str, str]]] = [[{"tag": "text", "text": line}] for line in message.lines]
    if message.link:
        rows.append([{"tag": "a", "text": message.link, "href": message.link}])
    return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": message.title, "content": rows}}}}


def robot_problem(kind: str, body: bytes) -> dict[str, Any] | None:
    """What a robot complains of although it answered 200: {code, message}; None when it took the message."""
    if kind == "generic":
        return None
    try:
        told = orjson.loads(body)
    except ValueError:
        return {"code": None, "message": "no JSON"}
    if not isinstance(told, dict):
        return {"code": None, "message": "no JSON object"}
    keys = ("errcode", "code", "StatusCode")
    code = next((told[key] for key in keys if key in told), None)
    if code == 0:
        return None
    words = told.get("errmsg") or told.get("msg") or told.get("StatusMessage") or ""
    return {"code": code, "message": str(words)[:200]}


def covered(kind: str, url: str) -> str:
    """An address that may be shown: values behind `?` and a Feishu robot's token become dots."""
    parts = urlsplit(url)
    path = parts.path
    if kind == "feishu" and "/" in path:
        head, _, tail = path.rpartition("/")
        path = f"{head}/…{tail[-4:]}" if len(tail) > 8 else f"{head}/…"
    query = "&".join(f"{key}=…" for key, _ in parse_qsl(parts.query, keep_blank_values=True))
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))
