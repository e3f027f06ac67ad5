"""What people read: a subject, and the same words as text and as HTML.

Each type of incident has one file of words per language, which knows nothing of HTML; one layout
for text and one for HTML set them. Values are data to the templates, never templates themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from bonfire.config import Config, MailLanguage
from bonfire.sanitiser import clean, clean_line, shorten
from notifier.domain.circumstances import Circumstances, short_line
from notifier.domain.incidents import IncidentType, Phase
from notifier.domain.notices import Notice
from notifier.templates.local_time import LocalTime, say_span

MOST_SUBJECT_CHARACTERS: Final = 120
TRIAL: Final = "trial"
_OVER_AT_ONCE: Final = (IncidentType.SERVICE_RESTARTED,)


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str  # one line
    text: str
    html: str


class Templates:
    """Writes letters with the names, the time zones and the link of the configuration."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._names = {location.id: location.name for location in config.locations}
        self._environment = SandboxedEnvironment(
            loader=PackageLoader("notifier"),
            autoescape=lambda name: name is not None and name.endswith(".html.j2"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def letter(self, notice: Notice) -> Letter:
        it = notice.circumstances
        time = LocalTime(self._zone(it.locations), notice.happened_at, notice.language)
        # Of a print host that was never heard of, nobody knows since when it is silent.
        began = notice.happened_at if notice.type is not IncidentType.AGENT_SILENT else None
        values = {
            **dict(it),
            "phase": notice.phase.value,
            "printer": it.printer.upper(),
            "count": notice.count,
            "since": time.say(it.since or began),
            "until": time.say(it.until or notice.happened_at),
            "duration": _duration(it),
            "away": say_span(it.away_s),
        }
        words = self._words(notice.type.value, notice.language, values)
        urgent = notice.phase is Phase.START and notice.type not in _OVER_AT_ONCE
        return self._write(words, notice.language, self._place(it.locations), urgent=urgent)

    def trial(self, language: MailLanguage) -> Letter:
        """A letter that only shows that letters arrive."""
        words = self._words(TRIAL, language, {})
        return self._write(words, language, self._place(()), urgent=False)

    def _words(
        self, name: str, language: MailLanguage, values: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What a file of words sets: `subject`, `headline`, `text`, and perhaps `steps`."""
        template = self._environment.get_template(f"{language.value}/{name}.j2")
        return vars(template.make_module(dict(values)))

    def _write(
        self, words: Mapping[str, Any], language: MailLanguage, place: str, *, urgent: bool
    ) -> Letter:
        subject = shorten(
            f"{clean_line(words['subject'])} \N{EN DASH} {place}", MOST_SUBJECT_CHARACTERS, "…"
        )
        values = {
            "language": language.value,
            "labels": self._words("phrases", language, {}),
            "subject": subject,
            "headline": clean_line(words["headline"]),
            "paragraphs": _paragraphs(words["text"]),
            "steps": [clean_line(step) for step in words.get("steps", ())],
            "place": place,
            "grafana_url": self._config.monitoring.grafana_url,
            "urgent": urgent,
        }
        text, html = (
            self._environment.get_template(f"layout/mail.{kind}.j2").render(values)
            for kind in ("txt", "html")
        )
        return Letter(subject, text, html)

    def _place(self, locations: Sequence[str]) -> str:
        names = [self._names.get(location, location) for location in locations if location]
        return short_line(", ".join(names) or self._config.organisation.name)

    def _zone(self, locations: Sequence[str]) -> str:
        """Of the first location that we know, else of the default one."""
        known = [location for location in locations if location in self._names]
        return self._config.location(known[0] if known else "").timezone


def _paragraphs(text: str) -> Sequence[str]:
    return [line for part in clean(text).split("\n\n") if (line := clean_line(part))]


def _duration(it: Circumstances) -> str:
    if it.since is None or it.until is None:
        return say_span(0)
    return say_span((it.until - it.since).total_seconds())
