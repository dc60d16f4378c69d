"""The types of inputs that lie within other ones have the members that the check accepts."""

from typing import Any, Literal, get_args, get_origin

import pytest
from pulumi import Output

from xplenty_pulumi import BootstrapAction, ConnectionSettings, HookSettings, SchedulePackage
from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.connection.settings import _reader
from xplenty_pulumi.core.kinds.connection.types import ALL_SETTINGS
from xplenty_pulumi.core.kinds.hook import SETTINGS
from xplenty_pulumi.core.kinds.inputs import Choice
from xplenty_pulumi.core.kinds.schedule import packages

WHOLE: dict[str, tuple[Any, Any, Any]] = {
    "packages": (SchedulePackage, packages, {"package_id": "1", "variables": {"day": "'x'"}}),
    "bootstrap_actions": (BootstrapAction, inputs.bootstrap_actions, {"script_path": "s3://b/x", "args": ["y"]}),
}


def test_settings_are_those_of_all_types() -> None:
    """Each setting that some type has is a member, and there is no other."""
    assert {*ConnectionSettings.__annotations__} == ALL_SETTINGS
    assert {*HookSettings.__annotations__} == {name for names in SETTINGS.values() for name in names}
    assert not {*ConnectionSettings.__required_keys__, *HookSettings.__required_keys__}


def test_type_of_a_setting_is_what_its_reader_accepts() -> None:
    """A setting with a few texts names them and takes any output that is one; only flags are booleans."""
    for name in ALL_SETTINGS:
        read, members = _reader(name)[0], get_args(ConnectionSettings.__annotations__[name])
        words = {word for one in members if get_origin(one) is Literal for word in get_args(one)}
        assert words == ({*read.allowed} if isinstance(read, Choice) else set()), name
        assert (Output[str] in members) == isinstance(read, Choice), name
        assert (bool in members) == (read is inputs.flag), name


@pytest.mark.parametrize("name", WHOLE)
def test_members_are_those_that_the_check_accepts(name: str) -> None:
    """What has all members is accepted, what lacks one that is not required as well, and what lacks one that is not."""
    shape, read, whole = WHOLE[name]
    assert {*whole} == {*shape.__annotations__}
    assert read([whole])
    for member in whole:
        few = [{other: value for other, value in whole.items() if other != member}]
        if member in shape.__required_keys__:
            with pytest.raises(ValueError, match=member):
                read(few)
        else:
            assert read(few)
