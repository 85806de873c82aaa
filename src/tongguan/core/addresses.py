"""Which network addresses a call that a person asked for may reach: public ones, in whatever form they are written."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Written out instead of `is_global`, whose meaning differs between versions of Python (IANA's special registries).
_CLOSED_4 = {
    "this_network": ("0.0.0.0/8",),
    "loopback": ("127.0.0.0/8",),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    "shared": ("100.64.0.0/10",),
    "link_local": ("169.254.0.0/16",),
    "multicast": ("224.0.0.0/4",),
    "reserved": (
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("240.0.0.0/4",),
    ),
}
_CLOSED_6 = {
    "loopback": ("::1/128",),
    "this_network": ("::/128",),
    "private": ("fc00::/7", "64:ff9b:1::/48"),
    "link_local": ("fe80::/10", "fec0::/10"),
    "multicast": ("ff00::/8",),
    "reserved": ("2001:db8::/32", "3fff::/20", "100::/64", "2001:2::/48", "2001:10::/28", "5f00::/16"),
}
_NETWORKS_4 = [(ipaddress.IPv4Network(text), reason) for reason, all_ in _CLOSED_4.items() for text in all_]
_NETWORKS_6 = [(ipaddress.IPv6Network(text), reason) for reason, all_ in _CLOSED_6.items() for text in all_]
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# What a host named in the settings may be: the shop's own network. Never the machine's metadata service or a group.
OWN_NETWORK = frozenset({"loopback", "private", "shared"})


def refusal(address: IPAddress) -> str | None:
    """Why an address is not public (`loopback`, `private`, `shared`, `link_local`, …), or None when it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return next((reason for network, reason in _NETWORKS_4 if address in network), None)
    for network, reason in _NETWORKS_6:
        if address in network:
            return reason
    inside = list(_embedded(address))
    for each in inside:
        found = refusal(each)
        if found is not None:
            return found
    return None if inside or address in _GLOBAL_6 else "reserved"


def _embedded(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """IPv4 addresses to which a packet for this IPv6 address may be handed on."""
    low = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64 or address in _COMPATIBLE:
        yield low
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if (int(address) >> 32) & 0xFCFF_FFFF == 0x5EFE:  # ISATAP, RFC 5214
        yield low
