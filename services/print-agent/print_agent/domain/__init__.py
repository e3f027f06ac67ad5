"""What the agent decides: pure functions and values, no clock and no I/O."""
