"""Where the service is, checked before the key is sent there, and the proxy on the way to it."""

import ipaddress
import re
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, unquote, urlsplit

from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.setting_names import OWN, SettingNames

_HOST_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*")


@dataclass(frozen=True)
class Address:
    """The service's base address, rebuilt from its checked parts so that no other reading of the text is possible."""

    scheme: str
    host: str
    port: int | None = None
    path: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """The host, with its port if one was given."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the service runs on this machine."""
        ip = _ip(self.host)
        return self.host == "localhost" or (ip is not None and ip.is_loopback)


def parse_address(text: str, names: SettingNames = OWN) -> Address:
    """Return the address `text` names.

    Raises ConfigError, naming the setting `apiUrl` as `names` do, unless it is https, or http to this machine, without
    user name, query or fragment.
    """
    try:
        parts = urlsplit(text.strip())
        address = Address(parts.scheme, (parts.hostname or ""), parts.port, parts.path.rstrip("/"))
    except ValueError:
        raise _refusal("is not a URL", names) from None
    complaint = _complaint(parts, address, names)
    if complaint:
        raise _refusal(complaint, names)
    return address


def parse_account(account_id: str, names: SettingNames) -> str:
    """Return `account_id` as a part of a URL path; raises ConfigError if it cannot be one."""
    account = account_id.strip()
    if account and account not in {".", ".."} and not re.search(r"[/\\\s\x00-\x1f\ud800-\udfff]", account):
        return quote(account, safe="")
    raise ConfigError(
        "the account id is missing" if not account else "the account id holds characters that no account id has",
        setting="accountId",
        advice=f"Set {names.both('accountId')} to the account's text id, which is the first part of the path of its "
        "pages.",
    )


def _complaint(parts: SplitResult, address: Address, names: SettingNames) -> str:
    checks = {
        "does not start with https://": address.scheme not in {"http", "https"},
        f"holds a user name or a password; the key belongs into {names.variable('apiKey')}": "@" in parts.netloc,
        "names no valid host": not _HOST_NAME.fullmatch(address.host) and _ip(address.host) is None,
        "holds a query, a fragment or an unusual path": bool(parts.query or parts.fragment)
        or not _PATH.fullmatch(address.path),
        "is http:// to another machine, which would send the key in clear; use https://": address.scheme == "http"
        and not address.is_loopback,
    }
    return next((complaint for complaint, applies in checks.items() if applies), "")


def _refusal(complaint: str, names: SettingNames) -> ConfigError:
    advice = f"Set {names.both('apiUrl')}, or leave it unset for https://api.xplenty.com."
    return ConfigError(f"the API URL {complaint}", setting="apiUrl", advice=advice)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy; `url` is without the user name and password, which are `login`."""

    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)


def proxy_for(address: Address) -> Proxy | None:
    """Return the proxy on the way to `address`: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY decide.

    This machine is always reached directly. Raises ConfigError for a proxy that does not speak HTTP.
    """
    if address.is_loopback or urllib.request.proxy_bypass(address.host):
        return None
    proxies = urllib.request.getproxies()
    text = proxies.get(address.scheme) or proxies.get("all")
    return _proxy(text, variable=f"{address.scheme.upper()}_PROXY") if text else None


def _proxy(text: str, *, variable: str) -> Proxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        address = Address(parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        address = Address("", "")
    if not address.host or address.scheme not in {"http", "https"}:
        raise ConfigError(
            "the proxy of the environment is not an HTTP proxy",
            setting=variable,
            advice=f"Set {variable} to http://HOST:PORT, or name the service's host in NO_PROXY to go without.",
        )
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Proxy(str(address), login)
