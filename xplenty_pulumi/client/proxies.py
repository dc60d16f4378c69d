"""The proxy that the environment asks for."""

import urllib.request
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from xplenty_pulumi.client.address import Address
from xplenty_pulumi.errors import ConfigError


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
    return _parse(text, variable=f"{address.scheme.upper()}_PROXY") if text else None


def _parse(text: str, *, variable: str) -> Proxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        netloc = _authority(parts)
    except ValueError:
        netloc = ""
    if not netloc or parts.scheme not in {"http", "https"}:
        raise ConfigError(
            "the proxy of the environment is not an HTTP proxy",
            setting=variable,
            advice=f"Set {variable} to http://HOST:PORT, or name the service's host in NO_PROXY to go without.",
        )
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Proxy(f"{parts.scheme}://{netloc}", login)


def _authority(parts: SplitResult) -> str:
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host if parts.port is None else f"{host}:{parts.port}"
