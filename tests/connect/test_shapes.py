"""Message shapes and signatures of each kind of receiver, recomputed from their public rules."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connect.conftest import Desk, Receiver
from tongguan.connect.service import shapes, wording

CONTENT = {
    "id": "e1",
    "event": "alarm.opened",
    "project": {"id": "p", "name": "钢板 [x](http://evil) <b>"},
    "data": {"kind": "brightness", "figure": 0.123456, "limit": 0.1, "labels": None, "nested": {"a": 1}},
    "link": "https://t.example/projects/p/line",
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_event_has_a_title(language: str) -> None:
    from_events = {*wording.TITLES["zh"]}
    assert set(wording.TITLES[language]) == from_events
    assert set(wording.NAMES[language]) >= set(wording.SHOWN)


def test_the_message_in_words() -> None:
    message = wording.message(CONTENT, "zh")
    assert message.title == "通关 · 产线报警"
    assert message.lines[1:] == ("类型: 亮度漂移", "数值: 0.1235", "界限: 0.1")
    assert "](" not in message.markdown().splitlines()[1]
    assert wording.message(CONTENT, "en").lines[1] == "Kind: brightness"


def test_dingtalk_signs_in_the_address() -> None:
    url = "https://oapi.dingtalk.com/robot/send?access_token=abc"
    call = shapes.build("dingtalk", url, "SECx", CONTENT, wording.message(CONTENT, "zh"), 1_700_000_000.5, "d")
    query = {key: value[0] for key, value in parse_qs(urlsplit(call.url).query).items()}
    stamp = "1700000000500"
    mac = hmac.new(b"SECx", f"{stamp}\nSECx".encode(), hashlib.sha256).digest()
    assert query == {"access_token": "abc", "timestamp": stamp, "sign": base64.b64encode(mac).decode()}
    body = json.loads(call.body)
    assert body["msgtype"] == "markdown"
    assert "亮度漂移" in body["markdown"]["text"]
    assert "timestamp" not in shapes.build("dingtalk", url, "", CONTENT, wording.message(CONTENT, "zh"), 1, "d").url


def test_feishu_signs_in_the_body() -> None:
    url = "https://open.feishu.cn/open-apis/bot/v2/hook/token"
    call = shapes.build("feishu", url, "s3", CONTENT, wording.message(CONTENT, "zh"), 1_700_000_000.9, "d")
    body = json.loads(call.body)
    mac = hmac.new(b"1700000000\ns3", b"", hashlib.sha256).digest()
    assert (call.url, body["timestamp"], body["sign"]) == (url, "1700000000", base64.b64encode(mac).decode())
    post = body["content"]["post"]["zh_cn"]
    assert post["title"] == "通关 · 产线报警"
    assert post["content"][-1][0] == {"tag": "a", "text": CONTENT["link"], "href": CONTENT["link"]}


def test_wecom_stays_below_its_limit_of_bytes() -> None:
    long = {**CONTENT, "project": {"name": "长" * 3000}}
    call = shapes.build("wecom", "https://qyapi.weixin.qq.com/x?key=k", "", long, wording.message(long, "zh"), 1, "d")
    text = json.loads(call.body)["markdown"]["content"]
    assert len(text.encode()) <= shapes.WECOM_BYTES
    assert text.startswith("### 通关 · 产线报警")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"errcode":0,"errmsg":"ok"}', 0),
        (b'{"StatusCode":0,"StatusMessage":"success"}', 0),
        (b'{"code":0,"msg":"success","data":{}}', 0),
        (b'{"errcode":310000,"errmsg":"sign not match"}', 310000),
        (b'{"code":19021,"msg":"sign match fail"}', 19021),
        (b"<html>", None),
        (b"[]", None),
    ],
)
def test_what_robots_answer(body: bytes, code: int | None) -> None:
    problem = shapes.robot_problem("dingtalk", body)
    assert (problem is None) if code == 0 else (problem is not None and problem["code"] == code)
    assert shapes.robot_problem("generic", body) is None


def test_a_robot_that_refuses_with_200_is_tried_again(desk: Desk, receiver: Receiver) -> None:
    hook = desk.connect(receiver.url("/robot/send?access_token=a"), kind="dingtalk", secret="SEC1", language="en")
    receiver.answer = b'{"errcode":310000,"errmsg":"sign not match"}'
    desk.change_gate("reclosed")
    [row] = desk.deliveries(hook)
    assert (row["state"], row["code"], row["error"]["code"]) == ("waiting", 200, "webhook.robot")
    assert row["error"]["params"] == {"code": 310000, "message": "sign not match"}
    assert "closed again" in receiver.calls[0].json["markdown"]["text"]
    assert "sign=" in receiver.calls[0].path


def test_addresses_are_covered() -> None:
    assert shapes.covered("generic", "https://a.cn/x?token=1&b=2#f") == "https://a.cn/x?token=…&b=…"
    assert shapes.covered("feishu", "https://open.feishu.cn/hook/0123456789") == "https://open.feishu.cn/hook/…6789"
