"""Settings: environment, configuration, seed files and state files that are odd, broken or unreadable."""

import codecs
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.bad_input.amounts import assert_told_well, draws, settle, share
from tests.bad_input.values import nested, value
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.preview.stack_rules import load_rules
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.emulator.life.seed import read_seed_file
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.settings import load

ODD: Sequence[str] = (
    *(
        "",
        " ",
        "\t",
        "\n",
        "key",
        "key ",
        "ke y",
        "key:",
        "k\u00e9y",
        "\U0001f511",
        "k\x00y",
        "k\x1by",
        "'key'",
        "a/b",
        "..",
    ),
    *("https://api.xplenty.com", "http://127.0.0.1:99999", "http://[::1", "https://user:pw@host", "http://example.com"),
    *(
        "https://host/?q",
        "//host",
        "file:///etc/passwd",
        "https://\u00fc.example",
        "http://localhost:0x50",
        "nan",
        "inf",
    ),
    *(
        "0",
        "0.05",
        "300",
        "301",
        "1e999",
        "-1",
        "2",
        "x" * 10_000,
        "\ud800",
        "\udcff",
        "http://127.0.0.1:1",
        "${KEY}",
        "%",
    ),
)
VARIABLES: Mapping[str, str] = {
    "XPLENTY_API_KEY": "apiKey",
    "XPLENTY_ACCOUNT_ID": "accountId",
    "XPLENTY_API_URL": "apiUrl",
    "XPLENTY_POLL_SECONDS": "pollSeconds",
    "XPLENTY_CREDIT_SHARE": "creditShare",
    "XPLENTY_ALLOWED_TYPES": "allowedTypes",
    "XPLENTY_MAX_NODE_HOURS": "maxNodeHours",
    "XPLENTY_SIZING": "sizing",
    "XPLENTY_LIFETIME": "lifetime",
    "XPLENTY_EXPIRES": "expires",
}
SEED: Mapping[str, Any] = {
    "account_id": "acme",
    "api_key": "k",
    "region": "gcloud::us-central1",
    "packages": [{"id": 7, "name": "p", "run_seconds": 5, "outputs": {"a": 1}}],
    "schedules": [{"id": 1, "name": "s", "packages": [{"package_id": 7}]}],
    "clusters_that_fail": ["doomed*"],
    "knobs": {"max_nodes": 3, "creating_seconds": 1.5},
}

Trial = Callable[[Random, Path], None]


def environment(draw: Random, folder: Path) -> None:
    """Read settings from an environment and a configuration, and open a client with what comes out."""
    given = {name: draw.choice(ODD) for name in VARIABLES if draw.random() < 0.4}
    good = {"apiKey": "key", "accountId": "acme", "apiUrl": "https://api.xplenty.com", "pollSeconds": "5"}
    config: dict[str, Any] = {f"xplenty:{key}": text for key, text in good.items() if draw.random() < 0.9}
    config |= {f"xplenty:{key}": value(draw) for key in VARIABLES.values() if draw.random() < 0.2}
    if draw.random() < 0.5:
        load_rules(given, config.get)
        return
    found = load(given, config.get)
    Client(api_key=found.api_key, account_id=found.account_id, base_url=found.api_url).close()


def _mutated(draw: Random) -> Any:
    document: dict[str, Any] = json.loads(json.dumps(SEED))
    for name in draw.sample(sorted(document), k=2):
        document[name] = value(draw)
    target = draw.choice((document["packages"], document["schedules"], document["knobs"]))
    if isinstance(target, list) and target and isinstance(target[0], dict):
        target[0][draw.choice(("id", "name", "extra", "run_seconds", "nodes"))] = value(draw)
    if isinstance(target, dict):
        target[draw.choice(("max_nodes", "creating_seconds", "credits_per_hour", "extra"))] = value(draw)
    return document


def _seed_bytes(draw: Random) -> bytes:
    good = json.dumps(SEED).encode()
    made: Sequence[bytes] = (
        *(json.dumps(_mutated(draw)).encode() for _ in range(6)),
        *(codecs.BOM_UTF8 + good, good.decode().encode("utf-16"), good[: draw.randrange(len(good))], b"", b"\0" * 100),
        *(
            draw.randbytes(300),
            b"[" * 10_000,
            json.dumps(nested(90)).encode(),
            b"null",
            good + good,
            b"NaN",
            b"account: x",
        ),
    )
    return draw.choice(made)


def seed_file(draw: Random, folder: Path) -> None:
    """Read a seed file and start an account with it."""
    path = folder / "seed"
    sort = draw.randrange(8)
    if sort == 0:
        path = draw.choice((folder, folder / "missing", folder / "no" / "such", folder / ("n" * 300)))
    else:
        path.write_bytes(_seed_bytes(draw))
    if sort == 1:
        path.chmod(0)
    if sort == 2:
        path.unlink()
        path.symlink_to(path)
    seed, knobs = read_seed_file(path)
    Emulator(seed, knobs=knobs).stop()


def state_file(draw: Random, folder: Path) -> None:
    """Open a state file that was written well and then damaged, or never was one."""
    path = folder / "state"
    account = Emulator(state=path)
    account.add_cluster()
    account.account.save()
    account.stop()
    content = bytearray(path.read_bytes())
    for _ in range(draw.choice((1, 10, 2_000))):
        content[draw.randrange(len(content))] = draw.randrange(256)
    length = draw.choice((len(content), draw.randrange(len(content)), 100, 0))
    path.write_bytes(draw.choice((bytes(content[:length]), draw.randbytes(500), b"SQLite format 3\0", b"text " * 400)))
    place = draw.choice((path, path, path, folder, folder / "no" / "such"))
    reopened = Emulator(state=place)
    try:
        reopened.clusters()
    finally:
        reopened.stop()


def assert_says_what_to_mend(error: ConfigError) -> None:
    """The error names the setting and says what to do about it."""
    assert error.setting
    assert error.advice


@share
def test_odd_settings(step: int, tmp_path: Path) -> None:
    """Each is read as it stands, or refused by an error that names the setting in one paragraph."""
    trials: Sequence[Trial] = (environment, seed_file, state_file)
    tried = refused = 0
    for draw in draws("settings", step=step):
        folder = tmp_path / str(tried)
        folder.mkdir()
        try:
            trials[tried % len(trials)](draw, folder)
        except ConfigError as error:
            assert_told_well(error)
            assert_says_what_to_mend(error)
            refused += 1
        tried += 1
    settle("settings", tried=tried, step=step)
    assert tried * 0.2 < refused <= tried
