"""The resource `JobRun`."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import pulumi
from pulumi import Input, Output

from xplenty_pulumi.core.kinds.job_run import (
    JOB_RUN,
    IfRunning,
    OnCancel,
    OnDestroy,
    OnFailure,
    OnOverrun,
    OnUnsure,
    Rerun,
    WaitFor,
)
from xplenty_pulumi.dynamic.providers.job_run import JobRunProvider
from xplenty_pulumi.dynamic.resources.bases import Derivable, Observing
from xplenty_pulumi.dynamic.resources.cluster import Cluster
from xplenty_pulumi.dynamic.resources.declare import (
    Duration,
    declaration,
    look_up,
    secret_paths,
    spelled,
    spelled_variables,
)
from xplenty_pulumi.dynamic.state import SECRETS


class JobRunOutputs(Observing):
    """What a run shows."""

    cluster_id: Output[str]
    """Cluster it runs on."""
    package_id: Output[str]
    """Package it runs."""
    variables: Output[dict[str, str] | None]
    """Values it was given."""
    dynamic_variables: Output[dict[str, str] | None]
    """Expressions it was given."""
    effective_variables: Output[dict[str, Any] | None]
    """Values in effect when it ended, those of the package and the account included; secret ones are masked."""
    status: Output[str]
    """Status in the service's words, such as `running` or `completed`."""
    progress: Output[float | None]
    """Share that is done, 0 to 1."""
    errors: Output[str | None]
    """The run's own error text."""
    outputs: Output[list[dict[str, Any]] | None]
    """What it wrote: `name`, `records_count` and more for each output."""
    created_at: Output[str | None]
    """When it was submitted, ISO 8601 in UTC."""
    started_at: Output[str | None]
    """When it began to run, ISO 8601 in UTC."""
    completed_at: Output[str | None]
    """When it ended, in whatever way, ISO 8601 in UTC."""
    failed_at: Output[str | None]
    """When it failed, where the service shows it, ISO 8601 in UTC."""
    updated_at: Output[str | None]
    """When its record last changed, ISO 8601 in UTC."""
    creator: Output[dict[str, Any] | None]
    """Who started it: `type`, `id`, `display_name`, `url`, `html_url`."""
    url: Output[str | None]
    """Address of its record in the API."""
    html_url: Output[str | None]
    """Page for people."""
    log_url: Output[str | None]
    """Address of its log in the API."""
    outputs_count: Output[int | None]
    """How many outputs the service counts."""
    runtime_in_seconds: Output[float | None]
    """Seconds it ran."""
    attempts: Output[int | None]
    """How often the service has tried it."""
    master_auto_retry_attempts: Output[int | None]
    """How often the service has tried it again after its master node failed."""
    component: Output[dict[str, Any] | None]
    """The part of the package that failed, where the service shows it."""
    log_summary: Output[dict[str, Any] | None]
    """The service's own reading of the log of a failed run, where it shows one."""
    owner_id: Output[int | None]
    """Id of the user it belongs to."""


class JobRun(Derivable, JobRunOutputs, module="xplenty", name="JobRun"):
    """One run of a package on a cluster; `completed` when `pulumi up` goes on, or the `up` fails.

    A change of what it does (package, cluster, account, variables, `triggers`) plans a new run; other inputs change in
    place. A run that failed or was stopped also plans a new run. Destroying stops a run that is still going and waits
    until it has ended; a run that has ended is only forgotten.
    """

    _ends_with = (Cluster,)

    def __init__(
        self,
        resource_name: str,
        *,
        cluster_id: Input[str | int],
        package_id: Input[str | int] | None = None,
        package: Input[str | int] | None = None,
        variables: Input[Mapping[str, Input[str | int | float | bool]]] | None = None,
        dynamic_variables: Input[Mapping[str, Input[str]]] | None = None,
        triggers: Input[Sequence[Any] | Mapping[str, Any]] | None = None,
        account: str | None = None,
        on_unsure: Input[OnUnsure] | Output[str] | None = None,
        wait_for: Input[WaitFor] | Output[str] | None = None,
        max_runtime: Input[Duration] | None = None,
        on_overrun: Input[OnOverrun] | Output[str] | None = None,
        rerun: Input[Rerun] | Output[str] | None = None,
        on_failure: Input[OnFailure] | Output[str] | None = None,
        on_destroy: Input[OnDestroy] | Output[str] | None = None,
        if_running: Input[IfRunning] | Output[str] | None = None,
        on_cancel: Input[OnCancel] | Output[str] | None = None,
        timeout: Input[Duration] | None = None,
        stop_timeout: Input[Duration] | None = None,
        notify: Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a run.

        Where an input takes one of a few texts, one that is computed is passed as an output, and the preview checks it:
        `rerun=Output.from_input(config.require("rerun"))`.

        Args:
            resource_name: Name of the resource in the program.
            cluster_id: Cluster to run on, such as `cluster.id`.
            package_id: Package to run, by its id; either this or `package`.
            package: Package to run, by its exact name; refused where several have it. An id is fine too.
            variables: Values for the package's variables. The service reads a value as an expression: a string constant
                carries its own single quotes, which `xplenty_pulumi.quote` puts on: `{"DAY": quote("2026-01-31")}`.
                The value of a variable that is secret in the service is a plain text and is not quoted. A
                `pulumi.Output.secret` stays secret in the state. None is refused: leave the variable out.
            dynamic_variables: Expressions evaluated when the run starts, such as `{"NOW": "CurrentTime()"}`.
            triggers: Anything whose change should bring about a new run, such as a file's hash.
            account: Name of the settings of another account than the stack's own, such as `eu` for
                `xplenty-eu:accountId` or XPLENTY_EU_ACCOUNT_ID; the cluster and the package are in that account.
            on_unsure: What to do when it is not certain whether the run was started: `verify` (default: look for it
                and start nothing twice), `refuse`, or `rerun` for a package that may safely run twice.
            wait_for: What `pulumi up` waits for: `completed` (default), `running`, or `submitted`.
            max_runtime: How long it may run, in seconds or as `2h`, as far as an `up` waits for it; without it as long
                as it takes.
            on_overrun: What becomes of a run that takes longer: `stop` (default; the `up` fails once it is seen to be
                stopped), `fail` (the `up` fails and the run goes on), or `leave` (only a warning, and no more waiting).
            rerun: When it is run anew: `on_change` (default: when an input has changed, or when it has failed or was
                stopped), `on_failure` (only then, whatever has changed), or `always`, with each `pulumi up`.
            on_failure: What a failed run means: `fail` (default: it fails the `up`, and so does one that ended with a
                status that is not known) or `record` (a warning; `status` shows it, and the next `up` runs it anew).
            on_destroy: What becomes of an active run that is destroyed or replaced: `stop` (default) or `leave`.
            if_running: What to do about an equal run that is, or may be, somebody else's: `queue` (start one beside
                it), `fail`, or `adopt` (follow that one; nothing of ours stops it). Without it one is started beside a
                run that is known to be another's, and where that is not certain nothing is started.
            on_cancel: What becomes of the active run when the `pulumi up` is cancelled, by Ctrl-C for one: `leave`
                (default: it goes on, and the next `pulumi up` waits for it), or `stop`, and the `up` ends once it is.
            timeout: How long each `pulumi up` follows the run, in seconds or as `2h`; default 24 hours. When it is over
                the run goes on, and the next `pulumi up` waits for it.
            stop_timeout: How long stopping may take; default 20 minutes.
            notify: Have the service notify the key's user how the run ends (true) or not (false), by its watchers;
                without it they are left as they are: who started a run watches it. A change by somebody else is drift.
            opts: Pulumi's resource options; `custom_timeouts` go before the two time-outs above.
        """
        inputs = {name: value for name, value in locals().items() if name in JOB_RUN.by_name}
        inputs[SECRETS] = secret_paths(inputs)
        for name in ("variables", "dynamic_variables"):
            inputs[name] = spelled_variables(inputs[name])
        for name in ("cluster_id", "package_id", "package"):
            inputs[name] = spelled(inputs[name])
        super().__init__(JobRunProvider(), resource_name, *declaration(self, resource_name, inputs, opts))

    @classmethod
    def get(cls, resource_name: str, id: Input[str | int], opts: pulumi.ResourceOptions | None = None) -> Self:  # noqa: A002
        """Look up a run by its id; it is never stopped."""
        return look_up(cls, JobRunProvider(), resource_name, resource_id=id, opts=opts)
