"""A machine's /sys and /dev in a folder, with whatever is plugged in."""

from __future__ import annotations

from pathlib import Path

from print_agent.discovery.machine import Machine


class MachineTree:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.forbidden: set[str] = set()  # nodes that this user may not open
        (root / "dev").mkdir()

    @property
    def machine(self) -> Machine:
        def may_open(node: Path) -> bool:
            return "/" + str(node.relative_to(self.root)) not in self.forbidden

        return Machine(self.root, may_open)

    def usb(
        self,
        port: str,
        *,
        node: str = "",
        in_dev: bool = True,
        interface_class: str = "07",
        ieee1284: str = "",
        **attributes: str,
    ) -> Path:
        """A device such as "1-1", its ids and texts as `attributes`; returns its folder."""
        device = self.root / "sys" / "devices" / "pci0000:00" / "usb1" / port
        interface = device / f"{port}:1.0"
        interface.mkdir(parents=True)
        (interface / "bInterfaceClass").write_text(f"{interface_class}\n")
        if ieee1284:
            (interface / "ieee1284_id").write_text(ieee1284)
        for name, value in attributes.items():
            (device / name).write_text(f"{value}\n")
        if node:
            (interface / "usbmisc" / node).mkdir(parents=True)
        if node and in_dev:
            self.device(f"usb/{node}")
        bus = self.root / "sys" / "bus" / "usb" / "devices"
        bus.mkdir(parents=True, exist_ok=True)
        for each in (device, interface):
            (bus / each.name).symlink_to(each)
        return device

    def device(self, name: str) -> Path:
        node = self.root / "dev" / name
        node.parent.mkdir(parents=True, exist_ok=True)
        node.touch()
        return node

    def link(self, name: str, target: str) -> None:
        """For example ("serial/by-id/usb-FTDI-if00-port0", "../../ttyUSB0")."""
        link = self.root / "dev" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)

    def built_in_port(self, name: str, kind: str) -> None:
        """`kind` is "0" for one that the kernel has reserved and not found."""
        folder = self.root / "sys" / "class" / "tty" / name
        folder.mkdir(parents=True)
        (folder / "type").write_text(f"{kind}\n")
        self.device(name)
