"""One look at an account for all the stacks that are in it: read, compared, and what is in no state."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from xplenty_pulumi.core.drift import Entry, Finding, findings_of
from xplenty_pulumi.core.drift_reading import Reader
from xplenty_pulumi.core.drift_strangers import strangers, things, twins
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN, Kind


def look(
    reader: Reader, entries: Sequence[Entry], *, scopes: Mapping[str, str], now: datetime, unmanaged: bool
) -> list[Finding]:
    """Return every difference between these entries and the account, and the twins that came to sight.

    With `unmanaged`, also what lives and is in none of their states; `scopes` are those of the stacks that are looked
    at, a stack's name by its scope.

    Raises:
        XplentyError: the account can not be read.
    """
    ids = {kind.name: _ids(entries, kind) for kind in (CLUSTER, JOB_RUN, HOOK)}
    seen = reader.read(ids[CLUSTER.name], ids[JOB_RUN.name], ids[HOOK.name], all_living=unmanaged)
    records = {CLUSTER.name: seen.clusters.found, JOB_RUN.name: seen.jobs.found, HOOK.name: seen.hooks.found}
    found = [one for entry in entries for one in findings_of(entry, records[entry.kind.name].get(entry.id))]
    living = things(seen.clusters.all, seen.hooks.all)
    found += twins(entries, living)
    return [*found, *(strangers(entries, living, scopes=scopes, now=now) if unmanaged else ())]


def _ids(entries: Sequence[Entry], kind: Kind) -> list[int]:
    return list(dict.fromkeys(one.id for one in entries if one.kind is kind))
