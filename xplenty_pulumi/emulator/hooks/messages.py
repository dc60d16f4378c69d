"""From an event to its messages: signed requests of web hooks, texts of other hooks, mails to watchers."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.calls.package_views import package_json
from xplenty_pulumi.emulator.calls.views import cluster_json, job_json
from xplenty_pulumi.emulator.hooks.outbox import Delivery, Mail
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import EmulatedHook, EmulatedJob, EmulatedSubscription
from xplenty_pulumi.emulator.life.world import Happening, Subject
from xplenty_pulumi.emulator.wire.messages import USER_EMAIL, Json, Links, time_text

SIGNATURE_HEADER = "X-Hook-Signature"


def messages_of(happening: Happening, *, links: Links, knobs: Knobs) -> tuple[list[Delivery], list[Mail]]:
    """Return what an event lets out: one delivery per hook, mails of e-mail hooks, and mails to watchers."""
    deliveries = [_delivery(hook, happening, links=links, knobs=knobs) for hook in happening.hooks]
    sentence = _sentence(happening, links=links)

    def mail(to: str, about: str, text: str, hook_id: int | None = None) -> Mail:
        return Mail(to, f"{happening.event}: {about}", text, happening.event, happening.at, about, hook_id)

    mails = [
        mail(hook.settings["emails"], _named(happening.subject) or f"hook {hook.id}", sentence, hook.id)
        for hook in happening.hooks
        if hook.type == "email"
    ]
    mails += [mail(USER_EMAIL, _named(one), f"{sentence} You watch {_named(one)}.") for one in happening.watched]
    return deliveries, mails


def signature(hook: EmulatedHook, event: str) -> str:
    """Return the documented signature: SHA-1 over id, event name, address and salt, one after the other."""
    signed = f"{hook.id}{event}{hook.settings['url']}{hook.salt}"
    return hashlib.sha1(signed.encode(errors="surrogatepass")).hexdigest()  # noqa: S324 - it is what the service uses


def triggered(hook: EmulatedHook, delivery: Delivery, *, at: Moment) -> EmulatedHook:
    """Return the hook with the result of a delivery at the subscriptions that it was for."""
    went_well = delivery.result in ("delivered", "recorded")
    response = {} if delivery.status is None else {"status": delivery.status}
    names = (delivery.event, delivery.event.partition(".")[0])

    def noted(subscription: EmulatedSubscription) -> EmulatedSubscription:
        if subscription.event not in names:
            return subscription
        status = "success" if went_well else "failure"
        return replace(subscription, last_status=status, last_response=response, last_trigger_at=at)

    return replace(hook, subscriptions=tuple(noted(subscription) for subscription in hook.subscriptions))


def _delivery(hook: EmulatedHook, happening: Happening, *, links: Links, knobs: Knobs) -> Delivery:
    made = Delivery(hook.id, hook.type, happening.event, happening.at, hook.address)
    if hook.type != "web":
        text = {"text": _sentence(happening, links=links)}
        return replace(made, body=json.dumps(text).encode(), result="recorded")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "xplenty-emulator",
        SIGNATURE_HEADER: signature(hook, happening.event),
    }
    if hook.settings["basic_auth"] and hook.settings.get("basic_auth_data"):
        headers["Authorization"] = f"Basic {hook.settings['basic_auth_data']}"
    body = _body(hook, happening, links=links, knobs=knobs)
    return replace(made, headers=headers, body=body, checks_certificate=not hook.settings["insecure_ssl"])


def _body(hook: EmulatedHook, happening: Happening, *, links: Links, knobs: Knobs) -> bytes:
    if knobs.hook_body == "none":
        return b""
    subject, resource = happening.subject, dict[str, Json]()  # what the API answers; nothing for a ping
    if happening.cluster is not None:
        running, queued = happening.jobs
        resource["cluster"] = cluster_json(happening.cluster, running=running, queued=queued, links=links, knobs=knobs)
    if isinstance(subject, EmulatedJob):
        if happening.package is not None:
            resource["package"] = package_json(happening.package, links=links)
        resource = {"job": job_json(subject, parts=resource, now=happening.at, links=links, knobs=knobs)}
    if knobs.hook_body == "resource":
        return json.dumps(next(iter(resource.values()), {})).encode()
    event = {"event": happening.event, "hook_id": hook.id, "account_id": links.account_id}
    return json.dumps(event | {"created_at": time_text(happening.at)} | resource).encode()


def _named(subject: Subject | None) -> str:
    if subject is None:
        return ""
    return f"{'job' if isinstance(subject, EmulatedJob) else 'cluster'} {subject.id}"


def _sentence(happening: Happening, *, links: Links) -> str:
    """What people read: the event, what it is about, and where people find it."""
    subject = happening.subject
    if subject is None:
        return f"{happening.event}: a test of this hook of account {links.account_id}."
    kind = "jobs" if isinstance(subject, EmulatedJob) else "clusters"
    errors: Any = f" {subject.errors}" if isinstance(subject, EmulatedJob) and subject.errors else ""
    page = links.page(f"{kind}/{subject.id}")
    return f"{happening.event}: {_named(subject)} of account {links.account_id}, {page}{errors}"
