"""One look at an account for all the stacks that are in it: read, compared, and what is in no state."""

from collections.abc import Mapping, Sequence

from xplenty_pulumi.core.drift import Entry, Finding, findings_of
from xplenty_pulumi.core.drift_reading import Reader
from xplenty_pulumi.core.drift_strangers import strangers, twins
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN, Kind


def look(reader: Reader, entries: Sequence[Entry], *, scopes: Mapping[str, str], unmanaged: bool) -> list[Finding]:
    """Return every difference between these entries and the account, and the twins that came to sight.

    With `unmanaged`, also each living cluster that is in no state, unless it carries the marker of a stack whose scope
    is not among `scopes` (a stack's name by its scope).

    Raises:
        XplentyError: the account can not be read.
    """
    ids = {kind.name: _ids(entries, kind) for kind in (CLUSTER, JOB_RUN, HOOK)}
    seen = reader.read(ids[CLUSTER.name], ids[JOB_RUN.name], ids[HOOK.name], all_living=unmanaged)
    records = {CLUSTER.name: seen.clusters.found, JOB_RUN.name: seen.jobs.found, HOOK.name: seen.hooks.found}
    found = [one for entry in entries for one in findings_of(entry, records[entry.kind.name].get(entry.id))]
    found += twins(entries, seen.clusters.all, seen.hooks.all)
    return found + (strangers(entries, seen.clusters.all, scopes=scopes) if unmanaged else [])


def _ids(entries: Sequence[Entry], kind: Kind) -> list[int]:
    return list(dict.fromkeys(one.id for one in entries if one.kind is kind))
