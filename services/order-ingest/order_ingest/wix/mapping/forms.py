"""The forms that the guest filled in: the order names them, and Wix keeps the answers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from bonfire.order import AlertCode, LabelledText
from order_ingest.wix.mapping.raw import Raw


def read_forms(order: Raw) -> Iterator[LabelledText]:
    """What each form is called. Its answers are to be read online, so each is an alert as well."""
    for form in order.get("forms").all():
        if not form:
            continue
        form.alert(AlertCode.ANSWERS_ELSEWHERE)
        if isinstance(form.value, dict):
            subtitles = (each.text() for each in form.get("subtitles").all())
            yield form.labelled(form.get("title").text(), ", ".join(filter(None, subtitles)))
        else:
            yield form.labelled("", form.text())
