"""The name of a resource whose program gives none: made when it is created, and kept."""

from collections.abc import Mapping

from xplenty_pulumi.core.kinds.naming import SETTING, automatic_name, pattern_for
from xplenty_pulumi.dynamic.providers.context import ProviderContext
from xplenty_pulumi.dynamic.state import MADE_NAME, OWNER, Properties, owner_of
from xplenty_pulumi.errors import ConfigError, SpecError, XplentyError


def named(
    provider: ProviderContext, olds: Mapping[str, object], news: Properties
) -> tuple[Properties, list[XplentyError]]:
    """Return the inputs with the name that was made for the resource, or is made where it is new, and what is wrong.

    One that exists without such a name stays without. What was made is kept, although the configuration, the stack or
    the resource in the program is called differently since. It is kept beside a name that the program gives, so that
    the engine shows a change of the name alone, and it is the name again once the program gives none.
    """
    field, made = provider.kind.named, olds.get(MADE_NAME)
    if not field or OWNER not in news:
        return news, []
    if field in news:
        return {**news, MADE_NAME: made} if made else news, []
    try:
        made = made if OWNER in olds else _made(provider, news)
    except (ConfigError, SpecError) as problem:
        return news, [problem]
    return {**news, field: made, MADE_NAME: made} if made else news, []


def _made(provider: ProviderContext, news: Mapping[str, object]) -> str:
    owner = owner_of(news)
    type_ = owner.name.rpartition("::")[0].rpartition("$")[2]
    pattern = pattern_for(provider.configuration(SETTING), type_)
    return automatic_name(pattern, owner, field=provider.kind.named) if pattern else ""
