"""Public or not: every range and every disguise."""

from __future__ import annotations

import ipaddress

import pytest

from tongguan.core.addresses import refusal

INSIDE = {
    "loopback": ("127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1"),
    "private": ("10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1", "::ffff:10.0.0.1"),
    "shared": ("100.64.0.1", "100.127.255.255", "64:ff9b::6440:1", "::ffff:100.64.0.1"),
    "link_local": ("169.254.169.254", "fe80::1", "fec0::1", "::ffff:169.254.169.254", "2002:a9fe:a9fe::"),
    "multicast": ("224.0.0.1", "239.1.1.1", "ff02::1", "::ffff:224.0.0.1"),
    "this_network": ("0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"),  # noqa: S104 (nothing is bound)
    "reserved": ("240.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1", "203.0.113.7", "2001:db8::1", "4000::1"),
}


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, all_ in INSIDE.items() for text in all_])
def test_inside_addresses_are_refused_with_their_reason(reason: str, text: str) -> None:
    assert refusal(ipaddress.ip_address(text)) == reason


@pytest.mark.parametrize(
    "text",
    [
        "::7f00:1",  # IPv4-compatible
        "64:ff9b:1::a00:1",  # a network's own NAT64
        "2001:0:a00:1::1",  # Teredo with an inside server
        "2606:4700::5efe:10.0.0.1",  # ISATAP
        "2606:4700::200:5efe:127.0.0.1",
    ],
)
def test_disguises_are_refused(text: str) -> None:
    assert refusal(ipaddress.ip_address(text)) is not None


@pytest.mark.parametrize("text", ["1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8"])
def test_public_addresses_pass(text: str) -> None:
    assert refusal(ipaddress.ip_address(text)) is None
