"""What an event means to people. No I/O, no clock, no logging."""
