"""The public door: Wix's webhooks, and `/v1/orders` for any other shop or till."""
