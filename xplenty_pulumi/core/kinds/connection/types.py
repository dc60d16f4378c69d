"""Which settings each type of connection has, which it needs, what the service fills in, and which are secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

ConnectionType = Literal[
    "adwords",
    "analytics",
    "athena",
    "azureblobstorage",
    "bigquery",
    "bingads",
    "facebookadsinsights",
    "googlecloudpostgres",
    "googlecloudspanner",
    "googlecloudsql",
    "googlesheets",
    "gs",
    "hdfs",
    "herokupostgres",
    "hubspot",
    "instagram",
    "intercom",
    "linkedin",
    "mongo",
    "mysql",
    "netsuite",
    "oracle",
    "pinterest",
    "postgres",
    "redshift",
    "s3",
    "salesforce",
    "sftp",
    "shopify",
    "snowflake",
    "sqlserver",
    "xero",
    "youtube",
]
"""What a connection leads to, by the name that the service has for it."""
SECRET_SETTINGS = frozenset({"password", "refresh_token", "code"})
"""What no answer of the service shows (documented)."""


@dataclass(frozen=True)
class Need:
    """A setting that is needed only where another one is given, or has this `value`; or is not, with `unless`."""

    name: str
    other: str
    value: str = ""
    unless: bool = False

    def applies(self, given: Mapping[str, object]) -> bool:
        """Return whether the setting is needed beside those that are `given`."""
        found = given.get(self.other)
        is_so = found == self.value if self.value else found not in (None, "")
        return is_so is not self.unless

    def __str__(self) -> str:
        return f"{'unless' if self.unless else 'if'} {self.other} is {self.value or 'given'}"


@dataclass(frozen=True)
class TypeSettings:
    """The settings of one type: what is `needed`, always or sometimes, what has a default, and what is only `optional`.

    The service sets what is `read_only`.
    """

    product: str
    needed: tuple[str, ...] = ()
    sometimes: tuple[Need, ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every setting that can be given, the needed ones first."""
        return tuple(
            dict.fromkeys((*self.needed, *(one.name for one in self.sometimes), *self.defaults, *self.optional))
        )

    def missing(self, given: Mapping[str, object]) -> str:
        """Return what is needed and not `given`, with the reason if it is not needed always; empty for nothing."""
        for name in self.needed:
            if given.get(name) in (None, ""):
                return repr(name)
        known = {**self.defaults, **given}
        for one in self.sometimes:
            if one.applies(known) and given.get(one.name) in (None, ""):
                return f"{one.name!r} {one}"
        return ""


_OAUTH = TypeSettings(
    "",
    sometimes=(Need("password", "code", unless=True), Need("redirect_uri", "code")),
    optional=("code", "username", "refresh_token", "uid", "expires", "expires_at"),
)
_DIRECT = {"tunnel_type": "direct"}
_HOST = Need("host", "tunnel_type", "reverse", unless=True)


def _oauth(product: str, *needed: str, read_only: tuple[str, ...] = ()) -> TypeSettings:
    return replace(_OAUTH, product=product, needed=needed, read_only=read_only)


def _database(product: str, port: int, *needed: str, ssl: bool | None = False) -> TypeSettings:
    security: dict[str, object] = {} if ssl is None else {"ssl": ssl}
    defaults = {"database": "", "port": port, **_DIRECT, **security}
    return TypeSettings(product, ("username", "password", *needed), (_HOST,), defaults)


TYPES: Mapping[str, TypeSettings] = MappingProxyType(
    {
        "adwords": _oauth("Google AdWords"),
        "analytics": _oauth("Google Analytics"),
        "athena": TypeSettings(
            "Amazon Athena",
            ("username", "password", "s3_staging_dir", "region"),
            defaults={"database": "", **_DIRECT},
        ),
        "azureblobstorage": TypeSettings("Azure Blob Storage", ("username", "password")),
        "bigquery": TypeSettings("Google BigQuery", ("host", "region"), optional=("database",)),
        "bingads": _oauth("Bing Ads"),
        "facebookadsinsights": _oauth("Facebook Ads Insights"),
        "googlecloudpostgres": _database("Google Cloud SQL for PostgreSQL", 5432, ssl=None),
        "googlecloudspanner": TypeSettings(
            "Google Cloud Spanner",
            ("username", "password", "database", "host", "instance_id"),
            (Need("redirect_uri", "code"),),
            optional=("code",),
        ),
        "googlecloudsql": _database("Google Cloud SQL for MySQL", 3306, ssl=None),
        "googlesheets": _oauth("Google Sheets"),
        "gs": TypeSettings("Google Cloud Storage", ("project_id",)),
        "hdfs": TypeSettings(
            "HDFS",
            ("name_node_host", "httpfs_host"),
            defaults={"httpfs_port": 14000},
            optional=("username", "name_node_port"),
        ),
        "herokupostgres": _database("Heroku Postgres", 5432, ssl=True),
        "hubspot": TypeSettings(
            "HubSpot",
            defaults={"local_port": 46126},
            optional=("username", "password", "tunnel_type"),
            read_only=("owner_id",),
        ),
        "instagram": _oauth("Instagram"),
        "intercom": _oauth("Intercom"),
        "linkedin": _oauth("LinkedIn"),
        "mongo": TypeSettings(
            "MongoDB",
            ("database",),
            (_HOST,),
            {"port": 27017, **_DIRECT, "ssl": False},
            ("username", "password", "read_preference", "authentication_database"),
        ),
        "mysql": _database("MySQL", 3306),
        "netsuite": TypeSettings(
            "NetSuite",
            ("username", "password", "host", "net_suite_account_id"),
            defaults={"database": "NetSuite.com", "port": 1708},
            optional=("role_id",),
        ),
        "oracle": _database("Oracle", 1521, ssl=True),
        "pinterest": _oauth("Pinterest"),
        "postgres": _database("PostgreSQL", 5432, ssl=True),
        "redshift": _database("Amazon Redshift", 5439, "region"),
        "s3": TypeSettings("Amazon S3", ("username", "password"), optional=("region",)),
        "salesforce": _oauth("Salesforce", "environment"),
        "sftp": TypeSettings(
            "SFTP",
            ("username", "host"),
            (Need("password", "auth_method", "password"),),
            {"port": 22, "auth_method": "password"},
        ),
        "shopify": _oauth("Shopify", read_only=("hmac", "timestamp", "shop")),
        "snowflake": TypeSettings(
            "Snowflake",
            ("account_name", "username", "password", "database", "warehouse", "region"),
            defaults=_DIRECT,
        ),
        "sqlserver": _database("Microsoft SQL Server", 1433),
        "xero": _oauth("Xero"),
        "youtube": _oauth("YouTube"),
    }
)
"""Every documented type, by the name that the service has for it."""
ALL_SETTINGS = frozenset(name for one in TYPES.values() for name in one.names)
"""What any type has."""
