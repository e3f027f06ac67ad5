import subprocess
import sys

COMMANDS_ALONE = (
    "escpos_paper",
    "print_agent.discovery",
    "print_agent.doctor",
    "print_agent.preview",
)


def test_an_agent_that_serves_carries_none_of_the_commands_beside_it():
    code = f"""
import sys
from print_agent import service
print(*(name for name in {COMMANDS_ALONE!r} if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")
