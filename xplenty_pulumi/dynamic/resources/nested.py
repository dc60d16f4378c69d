"""The types of inputs that lie within other ones, for editors and type checkers.

At run time each is a plain mapping, and the check of the provider decides. An output is taken with any members.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from pulumi import Input, Output

from xplenty_pulumi.core.kinds.connection import AuthMethod, SalesforceEnvironment, TunnelType

Text = Input[str | int]
"""A text, or a number that is sent as one."""


class SchedulePackage(TypedDict):
    """A package that a schedule runs."""

    package_id: Text
    """Id of the package, such as `package.id`."""
    variables: NotRequired[Input[Mapping[str, Input[str | int | float | bool]]]]
    """Values for the package's variables, as expressions; `xplenty_pulumi.quote` makes a text of one."""


class BootstrapAction(TypedDict):
    """A script that runs on the nodes of a cluster when they start."""

    script_path: Input[str]
    """Address of the script, such as `s3://bucket/boot.sh`."""
    args: NotRequired[Input[Sequence[Input[str]]]]
    """Arguments of the script."""


class HookSettings(TypedDict, total=False):
    """Whom a hook notifies; which settings it has depends on its type."""

    url: Input[str]
    """Address that is called, of a `web` and a `slack` hook."""
    basic_auth: Input[bool]
    """Whether a `web` hook signs in at the address."""
    basic_auth_data: Input[str]
    """Base64 of `user:password`, with which a `web` hook signs in."""
    insecure_ssl: Input[bool]
    """Whether a `web` hook accepts any certificate."""
    team: Input[str]
    """Team of a `slack` hook."""
    channel: Input[str]
    """Channel of a `slack` hook."""
    emails: Input[str | Sequence[Input[str]]]
    """Addresses of an `email` hook: one, a text with commas between, or a list."""
    pd_account: Input[str]
    """Account of a `pagerduty` hook."""
    service_name: Input[str]
    """Name of the service of a `pagerduty` hook."""
    service_key: Input[str]
    """Key of the service of a `pagerduty` hook."""


class ConnectionSettings(TypedDict, total=False):
    """How a connection reaches what it leads to; which settings it has depends on its type.

    `docs/connections.md` lists the settings of each type, which of them are needed, and what they are by default.
    """

    account_name: Text
    """Account of a `snowflake` connection."""
    auth_method: Input[AuthMethod] | Output[str]
    """How an `sftp` connection signs in: with a `password`, or with a `key`."""
    authentication_database: Text
    """Database in which a `mongo` connection signs in."""
    code: Text
    """Code of the authorization by OAuth; always secret."""
    database: Text
    """Database, or data set."""
    environment: Input[SalesforceEnvironment] | Output[str]
    """Which Salesforce: `production` or `sandbox`."""
    expires: Input[bool]
    """Whether the token expires."""
    expires_at: Text
    """When the token expires."""
    host: Text
    """Host, or project of Google."""
    httpfs_host: Text
    """Host of HttpFS."""
    httpfs_port: Text
    """Port of HttpFS."""
    instance_id: Text
    """Instance of a `googlecloudspanner` connection."""
    local_port: Text
    """Port of the tunnel of a `hubspot` connection."""
    name_node_host: Text
    """Host of the name node of HDFS."""
    name_node_port: Text
    """Port of the name node of HDFS."""
    net_suite_account_id: Text
    """Account of a `netsuite` connection."""
    password: Text
    """Password, or the secret half of a key; always secret."""
    port: Text
    """Port, 1 to 65535."""
    project_id: Text
    """Project of a `gs` connection."""
    read_preference: Text
    """Which members of a replica set a `mongo` connection reads from."""
    redirect_uri: Text
    """Address that the authorization by OAuth went to; needed with a `code`."""
    refresh_token: Text
    """Token that renews the authorization by OAuth; always secret."""
    region: Text
    """Region, such as `us-east-1`."""
    role_id: Text
    """Role of a `netsuite` connection."""
    s3_staging_dir: Text
    """Place for the results of an `athena` connection, `s3://...`."""
    ssl: Input[bool]
    """Whether the connection is encrypted."""
    tunnel_type: Input[TunnelType] | Output[str]
    """How the service gets there: `direct`, or through a `reverse` tunnel, for which it sets host and port itself."""
    uid: Text
    """User id of the authorization by OAuth."""
    username: Text
    """User, or the public half of a key."""
    warehouse: Text
    """Warehouse of a `snowflake` connection."""
