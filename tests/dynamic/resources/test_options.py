"""Which options of the engine a declaration takes."""

import pulumi
import pytest
from pulumi.dynamic import Resource

from xplenty_pulumi import Cluster, Connection, Hook, JobRun, Package, Schedule
from xplenty_pulumi.dynamic.resources.declare import UnsupportedOption, declaration

CLUSTER, PACKAGE = Cluster.__new__(Cluster), Package.__new__(Package)


@pytest.mark.parametrize("cls", [Cluster, Connection, Hook, Package, Schedule])
def test_nothing_is_deleted_with_what_does_not_end_it(cls: type[Resource]) -> None:
    """The engine would drop it without a call, and create its replacement beside it."""
    with pytest.raises(UnsupportedOption, match="deleted_with would leave it in the account"):
        declaration(cls.__new__(cls), "one", {}, pulumi.ResourceOptions(deleted_with=CLUSTER))


def test_run_is_deleted_with_a_cluster_alone() -> None:
    """The end of a cluster stops its runs, and that of a package does not."""
    run, options = JobRun.__new__(JobRun), pulumi.ResourceOptions(deleted_with=CLUSTER)

    assert declaration(run, "load", {}, options)[1].deleted_with is CLUSTER
    with pytest.raises(UnsupportedOption):
        declaration(run, "load", {}, pulumi.ResourceOptions(deleted_with=PACKAGE))
