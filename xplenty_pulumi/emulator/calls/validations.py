"""The calls on validations of packages."""

from collections.abc import Iterable

from xplenty_pulumi.emulator.calls import packages
from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.package_views import validation_json
from xplenty_pulumi.emulator.life.packages import (
    VALIDATION_STATUSES,
    EmulatedPackage,
    EmulatedValidation,
    ended,
    flaws,
    settled,
)
from xplenty_pulumi.emulator.wire.lists import Filter, ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json

_RULES: ListRules[EmulatedValidation] = ListRules(
    {"status": Filter(lambda validation: validation.status, VALIDATION_STATUSES)}
)


def _package(call: Call) -> EmulatedPackage:
    if call.knobs.validation_calls == "none":
        raise call.not_found()
    return packages.find(call, archived=call.knobs.read_archived_package)


def _view(call: Call, validation: EmulatedValidation) -> Json:
    return validation_json(validation, links=call.links)


def _of_package(call: Call) -> Iterable[EmulatedValidation]:
    number = _package(call).id
    return (settled(one, now=call.now) for one in call.world.validations.values() if one.package_id == number)


def list_validations(call: Call) -> Answer:
    """GET packages/{id}/validations."""
    path = f"packages/{call.ids[0]}/validations"
    return answer_list(call, _of_package(call), rules=_RULES, path=path, view=lambda one: _view(call, one))


def get_validation(call: Call) -> Answer:
    """GET packages/{id}/validations/{id}."""
    for validation in _of_package(call):
        if validation.id == call.ids[1]:
            return Answer(_view(call, validation))
    raise call.not_found()


def start_validation(call: Call) -> Answer:
    """POST packages/{id}/validations: it runs for a while, and finds what the package holds now."""
    validation = _begun(call, _package(call))
    call.world.put(validation)
    return Answer(_view(call, validation), status=201)


def validate(call: Call) -> Answer:
    """POST packages/{id}/validate: the answer is the end of the validation, which takes no time of this account."""
    package = _package(call)
    if call.knobs.validation_calls == "started":
        raise call.not_found()
    validation = ended(_begun(call, package), at=call.now)
    call.world.put(validation)
    return Answer(_view(call, validation))


def _begun(call: Call, package: EmulatedPackage) -> EmulatedValidation:
    return EmulatedValidation(
        id=call.world.take_id(EmulatedValidation),
        package_id=package.id,
        created_at=call.now,
        updated_at=call.now,
        seconds=call.knobs.validation_seconds,
        errors=flaws(package),
    )
