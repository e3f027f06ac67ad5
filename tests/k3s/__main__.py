"""`make k3s-e2e`: see docs/operating.md. Needs KUBECONFIG, and makes and removes a namespace."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final

from control_port import ControlError
from tests.k3s.images import ImagesMissing
from tests.k3s.kubectl import ClusterRefused, Kubectl
from tests.k3s.scenario import Scenario, StepFailed
from tests.support import k3s_overlay

FAILURES: Final = (StepFailed, ClusterRefused, ImagesMissing, ControlError)


def main() -> int:
    if not os.environ.get("KUBECONFIG"):
        print("k3s-e2e: set KUBECONFIG to the cluster that may be used for this", file=sys.stderr)
        return 2
    if shutil.which("kubectl") is None:
        print("k3s-e2e: kubectl is not installed", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that it cleans up then, too
    kubectl = Kubectl(f"bonfire-e2e-{secrets.token_hex(3)}")
    with tempfile.TemporaryDirectory(prefix="bonfire-k3s-") as work:
        overlay = k3s_overlay.write(Path(work), "e2e", kubectl.namespace)
        scenario = Scenario(kubectl, overlay)
        code = 1
        try:
            scenario.run()
            code = 0
        except FAILURES as failure:
            print(f"k3s-e2e: {failure}", file=sys.stderr)
            scenario.report()
        finally:
            try:
                scenario.clean_up()
            except ClusterRefused as failure:
                print(f"k3s-e2e: {kubectl.namespace} may be left over: {failure}", file=sys.stderr)
                code = 1
    print(f"k3s-e2e: {'passed' if code == 0 else 'FAILED'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
