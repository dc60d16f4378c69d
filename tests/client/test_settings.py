"""Settings that are missing, malformed or unsafe are refused before anything is sent."""

import pytest

from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.address import parse_address
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret


@pytest.mark.parametrize(
    "url",
    [
        "https://api.xplenty.com",
        "https://api.xplenty.com/",
        "https://API.xplenty.com:8443/prefix/v2/",
        "https://192.0.2.7",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://127.9.9.9",
        "http://[::1]:8000",
        "  https://api.xplenty.com  ",
    ],
)
def test_good_address(url: str) -> None:
    """Https to anywhere and http to this machine are allowed."""
    assert str(parse_address(url)) == url.strip().rstrip("/").replace("API", "api")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "does not start with https://"),
        ("api.xplenty.com", "does not start with https://"),
        ("ftp://api.xplenty.com", "does not start with https://"),
        ("file:///etc/passwd", "does not start with https://"),
        ("https://", "names no valid host"),
        ("https:///clusters", "names no valid host"),
        ("https://a b", "names no valid host"),
        ("https://bücher.example", "names no valid host"),
        ("https://host:port", "is not a URL"),
        ("https://host:99999", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("http://api.xplenty.com", "is http:// to another machine"),
        ("http://192.168.1.10", "is http:// to another machine"),
        ("http://0.0.0.0:80", "is http:// to another machine"),
        ("http://localhost.evil.example", "is http:// to another machine"),
        ("http://127.0.0.1.evil.example", "is http:// to another machine"),
        ("http://[2001:db8::1]", "is http:// to another machine"),
        ("http://127.0.0.1@evil.example", "holds a user name"),
        ("http://127.0.0.1\\@evil.example", "holds a user name"),
        ("https://my-key:@api.xplenty.com", "holds a user name"),
        ("https://api.xplenty.com/?key=my-key", "holds a query"),
        ("https://api.xplenty.com/#x", "holds a query"),
        ("https://api.xplenty.com/a/../b", "unusual path"),
        ("https://api.xplenty.com/a b", "unusual path"),
        ("https://api.xplenty.com/%2e%2e", "unusual path"),
    ],
)
def test_bad_address(url: str, complaint: str) -> None:
    """Every other address is refused, naming the setting and not repeating what may be a key."""
    with pytest.raises(ConfigError, match=complaint) as caught:
        Client(api_key="a-key", account_id="acme", base_url=url)
    assert caught.value.setting == "apiUrl"
    assert "XPLENTY_API_URL" in str(caught.value)
    assert "my-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ("", "missing"),
        (Secret(""), "missing"),
        ("two words", "no key has"),
        ("key\n", "no key has"),
        ("a:b", "no key has"),
    ],
)
def test_bad_key(key: str | Secret, complaint: str) -> None:
    """A missing or impossible key is refused, naming the setting and not the key."""
    with pytest.raises(ConfigError, match=complaint) as caught:
        Client(api_key=key, account_id="acme")
    assert caught.value.setting == "apiKey"
    assert "XPLENTY_API_KEY" in str(caught.value)
    assert "two words" not in str(caught.value)


@pytest.mark.parametrize(
    ("account", "complaint"),
    [("", "missing"), ("  ", "missing"), ("a/b", "characters"), ("..", "characters"), ("a b", "characters")],
)
def test_bad_account(account: str, complaint: str) -> None:
    """A missing or impossible account is refused, naming the setting."""
    with pytest.raises(ConfigError, match=complaint) as caught:
        Client(api_key="a-key", account_id=account)
    assert caught.value.setting == "accountId"
    assert "XPLENTY_ACCOUNT_ID" in str(caught.value)


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_bad_certificate_authority(content: str | None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Authorities that cannot be read are a setting to mend and no reason to trust nobody or everybody."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match="certificate authorities"):
        Client(api_key="a-key", account_id="acme", ca_path=path)
