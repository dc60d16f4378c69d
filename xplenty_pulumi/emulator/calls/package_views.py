"""Packages and their validations as the JSON that the API answers with."""

from xplenty_pulumi.emulator.life.packages import EmulatedPackage, EmulatedValidation, flow_of
from xplenty_pulumi.emulator.wire.messages import ACCOUNT_NUMBER, USER_ID, Json, Links, time_text

_RUNTIME_UNITS = 50
"""How many units of a validation's runtime make a second, in the published examples."""
_PACKAGE_VERSION = "1.0"
_MESSAGES = {"running": None, "completed": "Validation successful", "failed": "Validation failed"}


def package_json(package: EmulatedPackage, *, links: Links, with_flow: bool = False) -> Json:
    """Return a package, with its data flow as a JSON text if asked for."""
    shown = {
        "id": package.id,
        "name": package.name,
        "description": package.description,
        "status": package.status,
        "variables": dict(package.variables),
        "flow_type": package.flow_type,
        "flow_version": package.flow_version,
        "package_version": _PACKAGE_VERSION,
        "version": package.version,
        "item_id": package.id,
        "owner_id": USER_ID,
        "created_at": time_text(package.created_at),
        "updated_at": time_text(package.updated_at),
        "url": links.api(f"packages/{package.id}"),
        "html_url": links.page(f"packages/{package.id}"),
    }
    return {**shown, "data_flow_json": package.data_flow_json} if with_flow else shown


def exported_json(package: EmulatedPackage, *, flow_as: str) -> Json:
    """Return the document that an export of a package is, with the flow as a text or, in `raw_data`, as an object."""
    return {
        "name": package.name,
        "description": package.description,
        "variables": dict(package.variables),
        "flow_type": package.flow_type,
        "flow_version": package.flow_version,
        "package_version": _PACKAGE_VERSION,
        flow_as: flow_of(package) if flow_as == "raw_data" else package.data_flow_json,
    }


def validation_json(validation: EmulatedValidation, *, links: Links) -> Json:
    """Return a validation of a package; what it has found shows at its end."""
    is_over = validation.status != "running"
    return {
        "id": validation.id,
        "status": validation.status,
        "status_message": _MESSAGES[validation.status],
        "account_id": ACCOUNT_NUMBER,
        "owner_id": USER_ID,
        "package_id": validation.package_id,
        "runtime": int(validation.seconds * _RUNTIME_UNITS) if is_over else None,
        "errors": [dict(error) for error in validation.errors] if is_over else [],
        "created_at": time_text(validation.created_at),
        "updated_at": time_text(validation.updated_at),
        "url": links.api(f"packages/{validation.package_id}/validations/{validation.id}"),
    }
