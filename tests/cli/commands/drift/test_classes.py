"""The tables of classes have a row for everything that can differ."""

import pytest

from xplenty_pulumi.client import Cluster, Connection, Hook, Job
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.connection import CONNECTION
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Change, Drift, Kind
from xplenty_pulumi.core.reports.drift import CAUSES, Cause, class_of_input, worst

KINDS = [(CLUSTER, Cluster), (JOB_RUN, Job), (CONNECTION, Connection), (HOOK, Hook)]


@pytest.mark.parametrize(("kind", "record"), KINDS, ids=lambda one: getattr(one, "name", ""))
def test_every_field_has_exactly_one_class(kind: Kind, record: type[Cluster | Job | Connection | Hook]) -> None:
    """Whatever the service shows besides the inputs that it sees is in the kind's table; nothing else is."""
    inputs = {one.name for one in kind.fields if one.change is not Change.LOCAL}
    assert {*kind.shown} == {*record.model_fields} - inputs - {"id"}


def test_every_cause_but_a_changed_field_has_a_class() -> None:
    """What befalls a resource as a whole has one class, and says what it means."""
    assert {*CAUSES} == {*Cause} - {Cause.CHANGED}
    assert all(meaning and drift is not Drift.NONE for drift, meaning in CAUSES.values())


def test_what_the_program_leaves_to_the_service_is_expected() -> None:
    """A field is as grave as its row says only where the program declares it; a run's inputs are never compared."""
    assert class_of_input(CLUSTER, "zone", is_declared=True) is Drift.HARMFUL
    assert class_of_input(CLUSTER, "zone", is_declared=False) is Drift.EXPECTED
    assert JOB_RUN.compared == ()


def test_gravest_class_wins() -> None:
    """A report is as grave as the worst that is in it."""
    assert worst([Drift.EXPECTED, Drift.HARMFUL, Drift.HARMLESS]) is Drift.HARMFUL
    assert worst([Drift.EXPECTED, Drift.HARMLESS]) is Drift.HARMLESS
    assert worst([]) is Drift.NONE
