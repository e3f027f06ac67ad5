"""Everything that knows Wix: its signed webhooks, its envelope and the shape of its orders."""
