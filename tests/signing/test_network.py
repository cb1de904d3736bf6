"""From where a request comes: a client can write what it likes, only our own proxies are believed."""

from ipaddress import ip_address, ip_network

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from dure.signing import network

any_address = st.ip_addresses().map(str)


def asked(remote: str, forwarded: str | None = None):
    said = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **said)


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("203.0.113.5", None, "203.0.113.5"),
        ("203.0.113.5", "10.20.0.5", "203.0.113.5"),  # not through our proxy
        ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "10.20.0.5, 203.0.113.5", "203.0.113.5"),  # the first was written by the client itself
        ("127.0.0.1", "10.20.0.5, 203.0.113.5, 192.168.7.1", "203.0.113.5"),  # two proxies of ours
        ("127.0.0.1", "10.20.0.5, nonsense", ""),
        ("127.0.0.1", None, "127.0.0.1"),
        ("", None, ""),
        ("::ffff:203.0.113.5", None, "203.0.113.5"),
    ],
)
def test_the_address(settings, remote, forwarded, found):
    settings.DURE_PROXIES = ["127.0.0.1", "192.168.7.0/24"]
    assert network.client(asked(remote, forwarded)) == found


def test_without_proxies_the_header_is_never_believed(settings):
    settings.DURE_PROXIES = []
    assert network.client(asked("127.0.0.1", "10.20.0.5")) == "127.0.0.1"


@given(st.lists(any_address, max_size=4), any_address)
def test_whatever_a_client_writes_our_proxy_s_word_is_what_counts(lies, real):
    from django.test import override_settings

    proxy = "127.0.0.1"
    if ip_address(real) == ip_address(proxy) or getattr(ip_address(real), "ipv4_mapped", None):
        return
    with override_settings(DURE_PROXIES=[proxy]):
        assert network.client(asked(proxy, ", ".join([*lies, real]))) == str(ip_address(real))


@given(any_address)
def test_without_networks_everything_is_outside(address):
    assert not network.is_inside(address)


def test_inside_and_outside(settings):
    settings.DURE_OFFICE_NETWORKS = ["10.20.0.0/16", "2001:db8::/32"]
    assert all(network.is_inside(each) for each in ("10.20.255.1", "2001:db8::1", "::ffff:10.20.0.1"))
    assert not any(network.is_inside(each) for each in ("10.21.0.1", "2001:db9::1", "", "nonsense"))


@given(st.ip_addresses(v=6))
def test_of_ipv6_a_network_of_64_bits_is_counted_as_one(address):
    if address.ipv4_mapped:
        return
    assert ip_address(network.household(str(address))) == ip_network((address, 64), strict=False)[0]
