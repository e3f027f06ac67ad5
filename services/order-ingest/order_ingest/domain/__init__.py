"""What orders mean, without any I/O."""
