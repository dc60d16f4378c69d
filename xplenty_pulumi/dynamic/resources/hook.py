"""The resource `Hook`."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import pulumi
from pulumi import Input, Output

from xplenty_pulumi.core.kinds.hook import HOOK, SECRET_SETTINGS, HookEvent, HookType
from xplenty_pulumi.dynamic import PUBLIC_MODULE
from xplenty_pulumi.dynamic.providers.definition import DefinitionProvider
from xplenty_pulumi.dynamic.resources.bases import Derivable
from xplenty_pulumi.dynamic.resources.declare import declaration, look_up, secret_paths
from xplenty_pulumi.dynamic.resources.nested import HookSettings
from xplenty_pulumi.dynamic.state import SECRETS

_SECRET_OUTPUTS = pulumi.ResourceOptions(additional_secret_outputs=[*HOOK.secret_outputs])


class HookProvider(DefinitionProvider):
    """Creates, changes, reads and removes hooks."""

    kind = HOOK


HookProvider.__module__ = PUBLIC_MODULE


class Hook(Derivable, module="xplenty", name="Hook"):
    """Whom the service notifies of what becomes of jobs and clusters: read back as declared when `pulumi up` goes on.

    Another `type` replaces the hook, everything else changes in place. Its name ends in an ownership marker, so that a
    hook whose creation got no answer is found again. `settings` and `salt` are secret, whatever the program says.
    """

    type: Output[str]
    """`web`, `slack`, `email` or `pagerduty`."""
    settings: Output[dict[str, Any]]
    """Who is notified; always secret."""
    events: Output[list[str]]
    """What is reported."""
    name: Output[str]
    """Name without the ownership marker."""
    active: Output[bool]
    """Whether anything is reported at all."""
    salt: Output[str | None]
    """What the service makes the signatures of a web hook with; always secret."""

    def __init__(
        self,
        resource_name: str,
        *,
        type: Input[HookType] | Output[str],  # noqa: A002 - the service's own name for it
        settings: Input[HookSettings] | Output[Mapping[str, Any]],
        events: Input[Sequence[Input[HookEvent] | Output[str]]] | Output[Sequence[str]],
        name: Input[str] | None = None,
        active: Input[bool] | None = None,
        ping: Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a hook.

        Where an input takes one of a few texts, one that is computed is passed as an output, and the preview checks it:
        `type=Output.from_input(config.require("type"))`.

        Args:
            resource_name: Name of the resource in the program; not the hook's name.
            type: Way of notifying: `web`, `slack`, `email` or `pagerduty`.
            settings: By type. `web`: `url`, and perhaps `basic_auth`, `basic_auth_data` (base64 of `user:password`),
                `insecure_ssl`. `slack`: `url`, and perhaps `team`, `channel`. `email`: `emails`, one or a list of them.
                `pagerduty`: `service_key`, and perhaps `pd_account`, `service_name`.
            events: What is reported, such as `job.failed` and `cluster.error`; `job` and `cluster` mean all of theirs.
            name: Name for people, to which the ownership marker is added.
            active: Whether anything is reported at all; default true.
            ping: Send a test once the hook is made, unless it is not active; default true. Whether it arrives the
                service does not show.
            opts: Pulumi's resource options.
        """
        inputs = {name: value for name, value in locals().items() if name in HOOK.by_name}
        inputs[SECRETS] = secret_paths(inputs, always=SECRET_SETTINGS)
        inputs["settings"] = Output.secret(settings)
        options = pulumi.ResourceOptions.merge(opts, _SECRET_OUTPUTS)
        super().__init__(HookProvider(), resource_name, *declaration(self, resource_name, inputs, options))

    @classmethod
    def get(cls, resource_name: str, id: Input[str | int], opts: pulumi.ResourceOptions | None = None) -> Self:  # noqa: A002
        """Look up a hook by its id; it is never changed or removed."""
        options = pulumi.ResourceOptions.merge(opts, _SECRET_OUTPUTS)
        return look_up(cls, HookProvider(), resource_name, resource_id=id, opts=options)
