"""`make k3s-e2e`: an order through a real cluster, and a restart by it."""
