"""Asks the cluster that KUBECONFIG names, within one namespace."""

from __future__ import annotations

import re
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_FORWARDING: Final = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")
_FORWARD_TIMEOUT_S: Final = 20.0


class ClusterRefused(Exception):
    """kubectl did not do what it was asked; the message is its own."""


class Kubectl:
    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def __call__(self, *arguments: str, timeout_s: float = 60) -> str:
        """What it printed. Raises `ClusterRefused`."""
        command = ["kubectl", "--namespace", self.namespace, *arguments]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=timeout_s
            )
        except subprocess.TimeoutExpired as error:
            raise ClusterRefused(f"{' '.join(command)}: no end after {timeout_s:g} s") from error
        if done.returncode != 0:
            raise ClusterRefused(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def field(self, resource: str, path: str) -> str:
        """One field of a resource, by a JSONPath; empty if it is not there."""
        return self("get", resource, "--output", f"jsonpath={{{path}}}")

    @contextmanager
    def forwarded(self, resource: str, port: int) -> Iterator[str]:
        """An address here that leads to a port of a pod or service, while it is open."""
        process = subprocess.Popen(
            ["kubectl", "--namespace", self.namespace, "port-forward", resource, f":{port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield f"http://127.0.0.1:{_local_port(process)}"
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _local_port(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    ready, _, _ = select.select([process.stdout], [], [], _FORWARD_TIMEOUT_S)
    found = _FORWARDING.search(process.stdout.readline()) if ready else None
    if found is None:
        process.kill()
        raise ClusterRefused(f"kubectl port-forward: {process.stderr.read().strip()}")
    return found[1]
