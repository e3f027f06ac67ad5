"""Tells people what happened, once, and when it is over."""
