"""The types of connections: which fields each has, which it needs, and what the service fills in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.messages import invalid
from xplenty_pulumi.emulator.wire.values import Reader

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        **dict.fromkeys(("password", "refresh_token", "code"), values.hidden),
        **dict.fromkeys(("port", "local_port", "name_node_port", "httpfs_port"), values.whole),
        **dict.fromkeys(("ssl", "expires"), values.flag),
        "tunnel_type": values.one_of("direct", "reverse"),
        "auth_method": values.one_of("password", "key"),
        "environment": values.one_of("production", "sandbox"),
    }
)
"""How fields are read that are no plain texts."""
SECRETS = frozenset({"password", "refresh_token", "code"})
"""The fields that no answer holds."""
_OAUTH = ("username", "password", "refresh_token", "uid", "expires", "expires_at", "code", "redirect_uri")
_TUNNEL = {"tunnel_type": "direct"}


@dataclass(frozen=True, slots=True)
class ConnectionFields:
    """The fields of a type: the `needed`, those with a default, all others, and those that only the service sets."""

    title: str
    group: str
    needed: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every field that can be sent."""
        return (*self.needed, *self.defaults, *self.others)


def _oauth(title: str, *needed: str, read_only: tuple[str, ...] = ()) -> ConnectionFields:
    return ConnectionFields(title, "services", needed, others=_OAUTH, read_only=read_only)


def _database(title: str, port: int, *more: str, ssl: bool | None = False) -> ConnectionFields:
    security = {} if ssl is None else {"ssl": ssl}
    defaults = {"database": "", "port": port, **_TUNNEL, **security}
    return ConnectionFields(title, "databases", ("username", "password", "host", *more), defaults)


CONNECTION_TYPES: Mapping[str, ConnectionFields] = MappingProxyType(
    {
        "adwords": _oauth("Google AdWords"),
        "analytics": _oauth("Google Analytics"),
        "bingads": _oauth("Bing Ads"),
        "facebookadsinsights": _oauth("Facebook Ads Insights"),
        "googlesheets": _oauth("Google Sheets"),
        "instagram": _oauth("Instagram"),
        "intercom": _oauth("Intercom"),
        "linkedin": _oauth("LinkedIn"),
        "pinterest": _oauth("Pinterest"),
        "xero": _oauth("Xero"),
        "youtube": _oauth("YouTube"),
        "salesforce": _oauth("Salesforce", "environment"),
        "shopify": _oauth("Shopify", read_only=("hmac", "timestamp", "shop")),
        "hubspot": ConnectionFields(
            "HubSpot",
            "services",
            defaults={"local_port": 46126},
            others=("username", "password", "tunnel_type"),
            read_only=("owner_id",),
        ),
        "athena": ConnectionFields(
            "Amazon Athena",
            "analytical",
            ("username", "password", "s3_staging_dir", "region"),
            {"database": "", **_TUNNEL},
        ),
        "azureblobstorage": ConnectionFields("Azure Blob Storage", "storage", ("username", "password")),
        "bigquery": ConnectionFields("Google BigQuery", "analytical", ("host", "region"), others=("database",)),
        "gs": ConnectionFields("Google Cloud Storage", "storage", ("project_id",)),
        "s3": ConnectionFields("Amazon S3", "storage", ("username", "password"), others=("region",)),
        "hdfs": ConnectionFields(
            "HDFS",
            "storage",
            ("name_node_host", "httpfs_host"),
            {"httpfs_port": 14000},
            ("username", "name_node_port"),
        ),
        "sftp": ConnectionFields(
            "SFTP", "storage", ("username", "host"), {"port": 22, "auth_method": "password"}, ("password",)
        ),
        "mysql": _database("MySQL", 3306),
        "googlecloudsql": _database("Google Cloud SQL for MySQL", 3306, ssl=None),
        "postgres": _database("PostgreSQL", 5432, ssl=True),
        "herokupostgres": _database("Heroku Postgres", 5432, ssl=True),
        "googlecloudpostgres": _database("Google Cloud SQL for PostgreSQL", 5432, ssl=None),
        "redshift": _database("Amazon Redshift", 5439, "region"),
        "sqlserver": _database("Microsoft SQL Server", 1433),
        "oracle": _database("Oracle", 1521, ssl=True),
        "mongo": ConnectionFields(
            "MongoDB",
            "databases",
            ("database", "host"),
            {"port": 27017, **_TUNNEL, "ssl": False},
            ("username", "password", "read_preference", "authentication_database"),
        ),
        "netsuite": ConnectionFields(
            "NetSuite",
            "services",
            ("username", "password", "host", "net_suite_account_id"),
            {"database": "NetSuite.com", "port": 1708},
            ("role_id",),
        ),
        "googlecloudspanner": ConnectionFields(
            "Google Cloud Spanner",
            "databases",
            ("username", "password", "database", "host", "instance_id"),
            others=("code", "redirect_uri"),
        ),
        "snowflake": ConnectionFields(
            "Snowflake",
            "analytical",
            ("account_name", "username", "password", "database", "warehouse", "region"),
            _TUNNEL,
        ),
    }
)
"""Every type, by its name in paths."""
GROUP_NAMES = MappingProxyType(
    {
        "services": "Services",
        "analytical": "Analytical Databases",
        "databases": "Databases",
        "storage": "File Storages",
    }
)


def read_settings(type_: str, given: Mapping[str, Any], *, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a connection of this type, where `before` has what is not given; raises the 422."""
    fields = CONNECTION_TYPES[type_]
    readers = {name: READERS.get(name, _scalar) for name in fields.names}
    found = {**fields.defaults, **before, **values.read_fields(given, readers)}
    if found.get("tunnel_type") == "reverse":
        found |= {"host": "", "port": 1}
    for name in _needed(fields, found):
        if found.get(name) in (None, ""):
            raise invalid(name, "is required")
    return found


def _needed(fields: ConnectionFields, found: Mapping[str, Any]) -> list[str]:
    needed = [*fields.needed]
    if found.get("tunnel_type") == "reverse" and "host" in needed:
        needed.remove("host")
    if fields.others == _OAUTH and not found.get("code"):
        needed.append("password")
    if found.get("code"):
        needed.append("redirect_uri")
    if found.get("auth_method") == "password":
        needed.append("password")
    return needed


def _scalar(name: str, value: Any) -> str:
    """A text; a number becomes one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise invalid(name, f"must be a text or a number, got {values.shown(value)}")
    return str(value)
