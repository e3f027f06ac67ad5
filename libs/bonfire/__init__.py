"""What the services share: ports and policies, no business rule and no service."""

__version__ = "0.1.0"
