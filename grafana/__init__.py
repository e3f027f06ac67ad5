"""Grafana's dashboards as code: `python -m grafana.build FOLDER` writes them."""
