"""Secrets appear nowhere in clear, in whatever spelling."""

import base64
import copy
import io
import json
import logging
import pickle
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.redact import COMMON_WORDS, MASK, ScrubbingFilter, Secret, scrub

KEY = "V4eyfgNqYcSasXGhzNxS"
ODD = 'pä/s+s wörd"\\\n&=?'

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": lambda value: urllib.parse.quote(value, safe=""),
    "quoted as a form": urllib.parse.quote_plus,
    "json": lambda value: json.dumps(value)[1:-1],
    "json in UTF-8": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
}


@pytest.mark.parametrize("value", [KEY, ODD])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_masked(value: str, spelling: str) -> None:
    """Wherever a log or an error may have put it, the mask stands in its place."""
    spelled = SPELLINGS[spelling](value)
    assert scrub(f"before {spelled} after", [Secret(value)]) == f"before {MASK} after"


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("left", [3, 8, -1])
def test_what_a_cut_leaves_of_a_secret_is_masked(spelling: str, left: int) -> None:
    """Whether the text was cut behind it, before it or on both sides; nothing else is masked there."""
    spelled, known = SPELLINGS[spelling](KEY), [Secret(KEY)]
    assert scrub(f"before {spelled[:left]}... after", known) == f"before {MASK}... after"
    assert scrub(f'"...{spelled[-left:]}" after', known) == f'"...{MASK}" after'
    assert scrub(f'"...{spelled[1:-1]}..."', known) == f'"...{MASK}..."'
    assert scrub(f"{spelled[:8]} of the table..., and ...{spelled[:4]}", known) == (
        f"{spelled[:8]} of the table..., and ...{spelled[:4]}"
    )


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "u", "us", "use", "user"])
@pytest.mark.parametrize("after", ["", ":", "@host", "xx"])
def test_base64_is_masked_at_every_alignment(encode: Callable[[bytes], bytes], before: str, after: str) -> None:
    """What stands around the secret shifts its letters, and hides none of it: too little is left to guess the rest."""
    text = encode(f"{before}{KEY}{after}".encode()).decode()
    clean = scrub(f"Authorization: Basic {text}", [Secret(KEY)])
    assert MASK in clean
    assert len(clean.removeprefix("Authorization: Basic ").replace(MASK, "").strip("=")) <= 4 + len(before + after) * 2


@pytest.mark.parametrize("before", ["", "u", "us"])
def test_the_shortest_secret_is_masked_in_base64(before: str) -> None:
    """Four characters are a secret at every alignment."""
    assert MASK in scrub(base64.b64encode(f"{before}k3y!".encode()).decode(), ["k3y!"])


def test_basic_authorization_is_masked_whole() -> None:
    """The user name of HTTP Basic, with its colon, leaves nothing but padding."""
    header = base64.b64encode(f"{KEY}:".encode()).decode()
    assert scrub(header, [Secret(KEY)]).replace("=", "") == MASK


def test_several_secrets_and_places() -> None:
    """Every occurrence of every secret goes, and the rest of the text stays."""
    assert scrub("a alpha b beta c alpha", ["alpha", Secret("beta")]) == f"a {MASK} b {MASK} c {MASK}"


def test_the_longest_goes_first() -> None:
    """A secret that begins another does not leave the other's end behind."""
    assert scrub("token-long", ["token", "token-long"]) == MASK


@pytest.mark.parametrize("short", ["", "a", "abc"])
def test_short_secrets_are_left_alone(short: str) -> None:
    """Masking every letter would hide the text."""
    assert scrub("a text: abc", [Secret(short)]) == "a text: abc"


def test_without_secrets_nothing_changes() -> None:
    """A text passes as it is."""
    assert scrub("a text", []) == "a text"


@pytest.mark.parametrize("value", ["\ud800abcd", "key-\udcff-"])
def test_a_secret_that_is_no_text_is_masked(value: str) -> None:
    """Bytes of the environment that are not UTF-8 do not make it fail."""
    assert scrub(f"[{value}]", [Secret(value)]) == f"[{MASK}]"


@given(
    value=st.text(st.characters(codec="utf-8", exclude_characters=MASK), min_size=4, max_size=40),
    before=st.text(max_size=10),
    after=st.text(max_size=10),
)
def test_no_secret_gets_through(value: str, before: str, after: str) -> None:
    """Whatever the secret, it is no longer in the text."""
    assert value not in scrub(f"{before}{value}{after}", [Secret(value)])


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://user:password@127.0.0.1:1/db", "postgres://127.0.0.1:1/db"),
        ("https://token@github.com/acme/loads.git", "https://github.com/acme/loads.git"),
        ("postgres://user:pass/word@host/db", "postgres://host/db"),
        ("postgres://user:p@ssword@host/db", "postgres://host/db"),
        (
            "postgres://host/db?user=me&password=pass/word%21&sslmode=disable",
            "postgres://host/db?user=me&password=***&sslmode=disable",
        ),
        (
            "https://host/x?sslPassword=p;w&X-Amz-Security-Token=t",
            "https://host/x?sslPassword=***&X-Amz-Security-Token=***",
        ),
        ("azblob://box?sig=abc&secretKey=s", "azblob://box?sig=***&secretKey=***"),
        ("s3://bucket?region=eu&endpoint=host&table=keys", "s3://bucket?region=eu&endpoint=host&table=keys"),
        ("s3://bucket/path@2", "s3://bucket/path@2"),
        ("https://host:8080/path@2", "https://host:8080/path@2"),
    ],
)
def test_addresses_lose_their_credentials(address: str, shown: str) -> None:
    """Neither a user and a password before a host nor a password among the parameters is anybody's business."""
    assert scrub(f'it said "{address}": refused; ask me@example.test', []) == (
        f'it said "{shown}": refused; ask me@example.test'
    )


@pytest.mark.parametrize("password", ["abc", 'a"b', "a\\b", "a\\"])
def test_a_document_stays_one_where_an_address_in_it_loses_its_credentials(password: str) -> None:
    """In JSON an ampersand may be escaped, and a text may end in what escapes."""
    text = json.dumps({"message": f'"postgres://host/db?user=me&password={password}"', "b": 1}).replace("&", "\\u0026")
    shown = json.loads(scrub(text, []))
    assert shown["message"].startswith('"postgres://host/db?user=me&password=***')
    assert shown["b"] == 1


FREE_TEXT = "job 9002: failed at 2026-11-29T10:00:00Z: true; see https://api.xplenty.com/acme/jobs/9002. It ran 1 time"


@pytest.mark.parametrize(
    "value", ["a", "1", "ab", "abc", "true", "failed", "2026", "http", "https", "9002", "2026-11-29", "acme", "jobs"]
)
def test_no_secret_distorts_a_text(value: str) -> None:
    """What is short, a word of any text, or a part of a date, an id or a link, is left where a mask would hide that."""
    assert scrub(FREE_TEXT, [value]) == FREE_TEXT


@pytest.mark.parametrize("value", ["a", "ab", "abc", "true", "failed", "2026"])
@pytest.mark.parametrize("text", ["no such path '{}', or", 'in "{}"', "with `{}`", "password={} is wrong", "x={}"])
def test_a_short_secret_is_masked_where_it_is_a_value(value: str, text: str) -> None:
    """In quotes and behind an equals sign it can be nothing else."""
    assert scrub(text.format(value), [value]) == text.format(MASK)


def test_every_status_is_a_word_of_any_text() -> None:
    """So are the schemes of links and the names of kinds."""
    words = {word for kind in KINDS.values() for word in (kind.name, *kind.phases) if len(word) > 3}
    assert {"http", "https", "true", "enabled", "disabled", "active", "archived", *words} <= COMMON_WORDS


@pytest.mark.parametrize("kind", [*KINDS.values()], ids=lambda kind: kind.name)
def test_no_secret_distorts_an_id(kind: Kind) -> None:
    """Of whatever kind, in a text and in a link."""
    key = "s3/1234" if kind.key("s3/1234" if kind.name == "connection" else "1234") == "s3/1234" else "1234"
    text = f"{kind.name} {key}: see https://api.xplenty.com/acme/{kind.collection}/{key}"
    assert scrub(text, ["1234"]) == text


@pytest.mark.parametrize("value", ["a   ", "failed\n", "   a"])
def test_a_secret_with_blanks_distorts_no_word(value: str) -> None:
    """On one line it is as short, or as common, as that."""
    assert scrub("the API answered: failed", [value]) == "the API answered: failed"


def test_a_secret_shows_itself_only_by_name() -> None:
    """Printing, formatting and containers give the mask."""
    secret = Secret(KEY)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>20}", f"{secret:>10}", f"{[secret]}", "%s" % secret]  # noqa: UP031 - the old way is one of the ways
    assert not any(KEY in text for text in shown)
    assert all(MASK in text for text in shown)
    assert secret.reveal() == KEY


def test_a_secret_has_no_other_way_out() -> None:
    """It is not written anywhere: pickling, copying and JSON refuse."""
    for way in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            way(Secret(KEY))
    with pytest.raises(TypeError):
        vars(Secret(KEY))


def test_secrets_compare_by_value() -> None:
    """Settings with the same key are the same settings; a secret is no text."""
    assert Secret(KEY) == Secret(KEY)
    assert hash(Secret(KEY)) == hash(Secret(KEY))
    assert Secret(KEY) != Secret("other")
    assert Secret(KEY) != KEY
    assert bool(Secret(KEY))
    assert not Secret("")


def logged(write: Callable[[logging.Logger], None]) -> str:
    """Return what a logger with the filter writes."""
    stream = io.StringIO()
    logger = logging.Logger("test")
    handler = logging.StreamHandler(stream)
    handler.addFilter(ScrubbingFilter([Secret(KEY)]))
    logger.addHandler(handler)
    write(logger)
    return stream.getvalue()


def test_logged_messages_are_scrubbed() -> None:
    """The finished message counts, whether the secret stands in its text or in an argument."""
    assert logged(lambda logger: logger.info("key %s", KEY)) == f"key {MASK}\n"
    assert logged(lambda logger: logger.info(f"key {KEY} 100%")) == f"key {MASK} 100%\n"
    assert logged(lambda logger: logger.info("%(key)s", {"key": KEY})) == f"{MASK}\n"


def test_logged_tracebacks_are_scrubbed() -> None:
    """An exception's text and the lines of code around it hold no secret."""

    def write(logger: logging.Logger) -> None:
        try:
            int(KEY)
        except ValueError:
            logger.exception("it broke")

    text = logged(write)
    assert KEY not in text
    assert f"ValueError: invalid literal for int() with base 10: '{MASK}'" in text


def test_harmless_records_pass() -> None:
    """The filter drops nothing."""
    assert logged(lambda logger: logger.info("all %s", "well")) == "all well\n"
