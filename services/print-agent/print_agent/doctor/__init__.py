"""What is wrong with each printer, in words, and a file to attach when that is not enough."""

from __future__ import annotations

from print_agent.doctor.examination import Examination, examine
from print_agent.doctor.finding import Finding

__all__ = ["Examination", "Finding", "examine"]
