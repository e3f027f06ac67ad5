"""The steps: deploy, print, hang the agent's loop, print, be told, do without the broker, print."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from fake_wix import Event, webhook_body
from fake_wix.orders import placed_at, read_order, with_new_id
from mail_sink.client import MailControl
from tests.k3s import images
from tests.k3s.kubectl import ClusterRefused, Kubectl
from tests.support.k3s_overlay import ROOT, Overlay, version
from virtual_printer.client import PrinterControl

SAMPLE: Final = ROOT / "samples" / "wix" / "pickup-asap-cash.json"
AGENT: Final = "print-agent-altstadt"
BROKER: Final = "rabbitmq"
STATEFUL: Final = (BROKER, "order-ingest", "notifier", AGENT)
SIMULATORS: Final = ("deployment/virtual-printer", "deployment/mail-sink")
KITCHEN: Final = "kitchen-1"
READER: Final = "berta@bosco.example"
TOLD: Final = "neu gestartet"  # in the subject of the mail about a restart
ROLLOUT_S: Final = 240
PAPER_S: Final = 60.0
MAIL_S: Final = 60.0
RESTART_S: Final = 60.0
AWAY_S: Final = 30  # twice as long as liveness would need to kill, if it asked for the broker
BLOCK_S: Final = 120  # the longest that there is; only a restart ends it sooner


class StepFailed(Exception):
    """A step did not come to what it promises."""


class Scenario:
    def __init__(self, kubectl: Kubectl, overlay: Overlay) -> None:
        self._kubectl = kubectl
        self._overlay = overlay
        self._begun = time.monotonic()

    def run(self) -> None:
        """Raises `StepFailed`, `ClusterRefused` or `ImagesMissing`."""
        with self._step("images into the cluster") as told:
            told.append(images.load(version()))
        with self._step(f"apply the overlay e2e in namespace {self._kubectl.namespace}"):
            self._kubectl("apply", "--kustomize", str(self._overlay.folder))
        self._wait_deployed()
        self._print_order("K8S-1")
        self._hang_the_agent()
        self._print_order("K8S-2")
        self._read_the_mail()
        self._ask_the_broker()
        self._do_without_the_broker()

    def clean_up(self) -> None:
        """Removes all that `run` made in the cluster."""
        with self._step("remove the namespace and all that is in it") as told:
            namespace = self._kubectl.namespace
            self._kubectl("delete", "namespace", namespace, "--ignore-not-found", timeout_s=180)
            kept = self._kubectl(
                "get", "persistentvolumes", "--output",
                f'jsonpath={{.items[?(@.spec.claimRef.namespace=="{namespace}")].metadata.name}}',
            )  # fmt: skip
            if kept:
                told.append(f"kept by its class of storage: {kept}")

    def report(self) -> None:
        """What the cluster says of itself, for whoever looks for the failure."""
        for arguments in (
            ("get", "pods,jobs,persistentvolumeclaims", "--output", "wide"),
            ("get", "events", "--sort-by", ".lastTimestamp"),
            *(("logs", f"statefulset/{name}", "--tail", "20") for name in STATEFUL),
            ("logs", "job/declare", "--tail", "20"),
        ):
            print(f"--- kubectl {' '.join(arguments)}")
            try:
                print(self._kubectl(*arguments))
            except ClusterRefused as error:
                print(error)

    @contextmanager
    def _step(self, what: str) -> Iterator[list[str]]:
        """Prints what is done and how long it took; the list takes more words."""
        begun = time.monotonic()
        told: list[str] = []
        print(f"k3s-e2e {begun - self._begun:6.1f} s  {what} …", flush=True)
        yield told
        now = time.monotonic()
        words = f": {'; '.join(told)}" if told else ""
        print(f"k3s-e2e {now - self._begun:6.1f} s    done in {now - begun:.1f} s{words}")

    def _wait_deployed(self) -> None:
        wait = f"--timeout={ROLLOUT_S}s"
        with self._step("the broker's queues are declared, each service is ready"):
            self._kubectl(
                "wait", "--for=condition=complete", "job/declare", wait, timeout_s=ROLLOUT_S + 10
            )
            for name in (*(f"statefulset/{name}" for name in STATEFUL), *SIMULATORS):
                self._kubectl("rollout", "status", name, wait, timeout_s=ROLLOUT_S + 10)

    def _print_order(self, number: str) -> None:
        with self._step(f"order {number} by signed webhook, its ticket from the kitchen") as told:
            sent = time.monotonic()
            told.append(f"answered after {self._send(number):.2f} s")
            ticket = self._await_ticket(number)
            told.append(f"in hand after {time.monotonic() - sent:.1f} s")
        print("\n".join(f"    | {line}" for line in ticket.splitlines() if line.strip()))

    def _send(self, number: str) -> float:
        """The seconds until it was answered."""
        order = placed_at(with_new_id(read_order(SAMPLE), number), datetime.now(UTC))
        body = webhook_body(order, self._overlay.key, Event.APPROVED)
        with self._kubectl.forwarded("service/order-ingest-public", 80) as door:
            sent = time.monotonic()
            status = post(f"{door}/webhooks/wix", body)
        if status != 200:
            raise StepFailed(f"the webhook was answered with {status}")
        return time.monotonic() - sent

    def _await_ticket(self, number: str) -> str:
        with self._kubectl.forwarded("service/virtual-printer", 9180) as control:
            return _ticket(PrinterControl(control), number)

    def _hang_the_agent(self) -> None:
        pod = f"pod/{AGENT}-0"
        before = self._restarts(pod)
        with self._step(f"hang the loop of {AGENT}; liveness starts it again") as told:
            token = self._overlay.token(AGENT)
            with self._kubectl.forwarded(pod, 8082) as ops:
                headers = {"Authorization": f"Bearer {token}"}
                status = post(f"{ops}/faults/block-loop?seconds={BLOCK_S}", b"", headers)
            if status >= 300:
                raise StepFailed(f"the fault was answered with {status}")
            hung = time.monotonic()
            _until(lambda: self._restarts(pod) > before, RESTART_S, "the pod was not restarted")
            told.append(f"restarted after {time.monotonic() - hung:.1f} s")
            if "loop.blocked" not in self._kubectl("logs", pod, "--previous"):
                raise StepFailed("the log of the run before does not say that the loop was blocked")
            told.append("its log says loop.blocked")
            self._kubectl("wait", "--for=condition=ready", pod, "--timeout=60s", timeout_s=70)
            told.append(f"ready after {time.monotonic() - hung:.1f} s")

    def _read_the_mail(self) -> None:
        with (
            self._step("the restaurant is told of the restart, by mail") as told,
            self._kubectl.forwarded("service/mail-sink", 8025) as control,
        ):
            mails = MailControl(control)
            _until(lambda: bool(_told_of(mails)), MAIL_S, f"no mail to {READER} about the restart")
            told.append(_told_of(mails)[0])

    def _ask_the_broker(self) -> None:
        with self._step("the broker has refused nobody anything"):
            log = self._kubectl("logs", f"statefulset/{BROKER}")
            refused = [line for line in log.splitlines() if "refused" in line.lower()]
            if refused:
                raise StepFailed(f"the broker refused: {refused[0]}")

    def _do_without_the_broker(self) -> None:
        pods = [f"pod/{name}-0" for name in STATEFUL if name != BROKER]
        before = [self._restarts(pod) for pod in pods]
        with self._step(f"the broker is away for {AWAY_S} s; an order is taken all the same"):
            self._kubectl("scale", f"statefulset/{BROKER}", "--replicas=0")
            self._kubectl("wait", "--for=delete", f"pod/{BROKER}-0", "--timeout=90s", timeout_s=100)
            self._send("K8S-3")
            time.sleep(AWAY_S)
        with self._step("it is back, and the ticket comes") as told:
            self._kubectl("scale", f"statefulset/{BROKER}", "--replicas=1")
            self._await_ticket("K8S-3")
            if [self._restarts(pod) for pod in pods] != before:
                raise StepFailed("a service was restarted because the broker was away")
            told.append("nobody was restarted for it")

    def _restarts(self, pod: str) -> int:
        return int(self._kubectl.field(pod, ".status.containerStatuses[0].restartCount") or 0)


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
    """The status of the answer, whatever it is."""
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}), method="POST")  # noqa: S310 -- http, by port-forward
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- as above
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _ticket(control: PrinterControl, number: str) -> str:
    """The text of the kitchen's only ticket with this order's number."""
    _until(lambda: bool(_tickets(control, number)), PAPER_S, f"no ticket of order {number}")
    found = _tickets(control, number)
    if len(found) > 1:
        raise StepFailed(f"{len(found)} tickets of order {number}")
    return found[0]


def _tickets(control: PrinterControl, number: str) -> list[str]:
    texts = [ticket["text"] for ticket in control.tickets(KITCHEN)]
    return [text for text in texts if number in text]


def _told_of(mails: MailControl) -> list[str]:
    """The subjects of the reader's mails about a restart."""
    to_reader = [mail["subject"] for mail in mails.mails() if READER in mail["recipients"]]
    return [subject for subject in to_reader if TOLD in subject]


def _until(condition: Callable[[], bool], patience_s: float, otherwise: str) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise StepFailed(f"{otherwise} within {patience_s:g} s")
        time.sleep(0.5)
