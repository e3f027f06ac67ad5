"""The words that people get: complete, in both languages, and never made of somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonfire.config import Config, MailLanguage
from bonfire.errors import ReasonClass, reasons_of
from bonfire.testing import START
from notifier.channels import MailImpossible
from notifier.domain.circumstances import Circumstances
from notifier.domain.incidents import IncidentType, Phase
from notifier.domain.notices import Notice
from notifier.history import Queued
from notifier.mails import MailWriter
from notifier.templates import MOST_SUBJECT_CHARACTERS, Letter, Templates
from notifier.templates.local_time import LocalTime, say_span
from tests.support import configs
from tests.support.hostile import HOSTILE, poisoned
from tests.support.notifying import BERTA, house

CONFIG = house(monitoring={"grafana_url": "https://grafana.bosco.example/?a=1&b='2'"})
TEMPLATES = Templates(CONFIG)
FULL = Circumstances(
    locations=("altstadt",),
    agent="altstadt",
    printer="kitchen-1",
    service="print-agent",
    instance="altstadt",
    reason="paper_out",
    order_number="1042",
    before="crashed",
    waiting=3,
    unsettled=2,
    since=START - timedelta(minutes=13),
    until=START,
    away_s=12,
)
PRINTER_REASONS = [reason.value for reason in reasons_of(ReasonClass.PRINTER)]
LETTERS = [
    (type_, phase, language)
    for type_ in IncidentType
    for phase in Phase
    for language in MailLanguage
    if (type_, phase) != (IncidentType.SERVICE_RESTARTED, Phase.END)
]
EVERY_LETTER = pytest.mark.parametrize(("type_", "phase", "language"), LETTERS)


def notice(
    type_: IncidentType = IncidentType.PRINTER_LOST,
    phase: Phase = Phase.START,
    language: MailLanguage = MailLanguage.GERMAN,
    circumstances: Circumstances = FULL,
    count: int = 1,
) -> Notice:
    return Notice(
        type_, phase, "Berta", BERTA, language, circumstances, count, START, "<a@bosco.example>"
    )


def letter(*args, templates: Templates = TEMPLATES, **kwargs) -> Letter:
    return templates.letter(notice(*args, **kwargs))


class Elements(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@EVERY_LETTER
def test_every_letter_says_what_where_and_in_both_forms_the_same(type_, phase, language):
    it = letter(type_, phase, language, count=2)
    assert it.subject.endswith("\N{EN DASH} Bosco Altstadt")
    assert len(it.subject) <= 80
    assert "Undefined" not in it.text
    assert "None" not in it.text
    words = " ".join(" ".join(Elements(it.html).words).split())
    for line in filter(None, map(str.strip, it.text.splitlines())):
        if not line.startswith(("--", "Übersicht", "Overview", "Was zu tun", "What to do")):
            assert line.split(". ", 1)[-1] in words


@EVERY_LETTER
def test_a_letter_of_an_incident_that_goes_on_says_what_to_do(type_, phase, language):
    todo = "Was zu tun ist" if language is MailLanguage.GERMAN else "What to do"
    assert (todo in letter(type_, phase, language).text) is (phase is Phase.START)


@pytest.mark.parametrize("language", MailLanguage)
@pytest.mark.parametrize("reason", PRINTER_REASONS)
def test_every_trouble_of_a_printer_has_its_own_words_and_at_least_one_step(reason, language):
    known = FULL.model_copy(update={"reason": reason})
    other = FULL.model_copy(update={"reason": "no such reason"})
    it = letter(language=language, circumstances=known)
    assert it.subject != letter(language=language, circumstances=other).subject
    assert len(re.findall(r"^  \d\. ", it.text, re.MULTILINE)) >= 2


@pytest.mark.parametrize("language", MailLanguage)
@pytest.mark.parametrize("reason", [one.value for one in reasons_of(ReasonClass.PERMANENT)])
def test_every_reason_of_a_dead_letter_has_its_own_words(reason, language):
    it = letter(
        IncidentType.DEAD_LETTER,
        language=language,
        circumstances=FULL.model_copy(update={"reason": reason}),
    )
    assert not re.search("unbekannt|unknown \\(", it.text)


def test_a_cook_reads_which_printer_why_since_when_and_what_to_do():
    it = letter()
    assert it.subject == "KITCHEN-1: Papier leer \N{EN DASH} Bosco Altstadt"
    assert "KITCHEN-1 druckt nicht: Papier leer" in it.text
    assert "Seit 19:47 Uhr. 3 Bons warten." in it.text
    assert "eine neue Rolle einlegen" in it.text


def test_the_end_says_how_long_it_was():
    it = letter(phase=Phase.END, language=MailLanguage.ENGLISH)
    assert it.subject == "KITCHEN-1 prints again \N{EN DASH} Bosco Altstadt"
    assert "began at 19:47 and lasted 13 min." in it.text
    assert "times" not in it.text
    assert "it came 4 times" in letter(phase=Phase.END, language=MailLanguage.ENGLISH, count=4).text


@pytest.mark.parametrize(
    ("waiting", "words"),
    [(0, "Bisher wartet kein Bon."), (1, "1 Bon wartet."), (2, "2 Bons warten.")],
)
def test_tickets_are_counted_as_a_person_would(waiting, words):
    it = FULL.model_copy(update={"waiting": waiting})
    assert words in letter(circumstances=it).text


def test_a_dead_letter_without_an_order_number_and_alone():
    it = FULL.model_copy(update={"order_number": "", "unsettled": 1, "reason": ""})
    text = letter(IncidentType.DEAD_LETTER, circumstances=it).text
    assert text.startswith("Ein Bon wurde nicht gedruckt\n")
    assert "Insgesamt" not in text


def test_a_print_host_that_was_never_heard_of():
    it = FULL.model_copy(update={"since": None})
    assert "noch nie gemeldet" in letter(IncidentType.AGENT_SILENT, circumstances=it).text
    letter(IncidentType.AGENT_SILENT, Phase.END, circumstances=it)


@pytest.mark.parametrize("service", ["print-agent", "order-ingest", "notifier", "stranger"])
@pytest.mark.parametrize("before", ["crashed", "restart"])
def test_a_restart_says_which_program_and_why(service, before):
    it = FULL.model_copy(update={"service": service, "before": before, "away_s": None})
    texts = {
        letter(IncidentType.SERVICE_RESTARTED, language=one, circumstances=it).text
        for one in MailLanguage
    }
    assert len(texts) == 2
    assert not any("12 s" in text for text in texts)


def test_nothing_that_is_missing_breaks_a_letter():
    for type_, phase, language in LETTERS:
        assert letter(type_, phase, language, Circumstances()).subject


def test_a_location_that_is_gone_is_named_by_its_id_in_the_time_of_the_default_one():
    it = FULL.model_copy(update={"locations": ("closed",)})
    assert letter(circumstances=it).subject.endswith("closed")
    several = FULL.model_copy(update={"locations": ("altstadt", "hafen")})
    assert letter(circumstances=several).subject.endswith("Bosco Altstadt, Bosco Hafen")
    nowhere = FULL.model_copy(update={"locations": ("",)})
    assert letter(circumstances=nowhere).subject.endswith("\N{EN DASH} Bosco")


@pytest.mark.parametrize("language", MailLanguage)
def test_the_trial_says_that_it_is_one(language):
    it = TEMPLATES.trial(language)
    assert it.subject.startswith(("Probe", "Test"))


def hostile_circumstances(text: str) -> Iterator[Circumstances]:
    """As a sender's text gets there: through the fields of `Circumstances`."""
    for field, value in FULL:
        if isinstance(value, str):
            yield Circumstances.model_validate({**dict(FULL), field: text})
    yield Circumstances.model_validate({**dict(FULL), "locations": (text, "altstadt")})


def assert_harmless(it: Letter, clean: Letter) -> None:
    assert it.subject.isprintable()
    assert len(it.subject) <= MOST_SUBJECT_CHARACTERS
    assert it.text.replace("\n", "").isprintable()
    assert "49" not in it.text.replace("19:49", "")
    allowed = set(Elements(clean.html).found)
    assert set(Elements(it.html).found) <= allowed
    it.html.encode()


@EVERY_LETTER
@pytest.mark.parametrize("text", [*HOSTILE, "<b>" * 400_000])
def test_hostile_text_in_any_field_adds_no_element_no_line_and_no_meaning(
    text, type_, phase, language
):
    clean = letter(type_, phase, language)
    for circumstances in hostile_circumstances(text):
        assert_harmless(letter(type_, phase, language, circumstances), clean)


@settings(max_examples=60)
@given(st.text(), st.sampled_from(LETTERS))
def test_any_text_in_any_field_is_only_text(text, which):
    clean = letter(*which)
    for circumstances in hostile_circumstances(text):
        it = letter(*which, circumstances)
        assert set(Elements(it.html).found) <= set(Elements(clean.html).found)
        assert it.subject.isprintable()


def written(config: Config, it: Notice, templates: Templates = TEMPLATES) -> EmailMessage:
    assert config.mail is not None
    writer = MailWriter(config.mail, templates)
    sent = writer.write(Queued(1, it, START)).message.as_bytes()
    assert sent.isascii()  # not every server takes more
    parsed = message_from_bytes(sent, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


HEADERS = {
    "From", "To", "Subject", "Date", "Auto-Submitted", "Message-ID", "MIME-Version", "Content-Type",
}  # fmt: skip


def test_a_mail_has_the_headers_that_a_mail_needs_and_two_forms_of_the_text():
    mail = written(CONFIG, notice())
    assert set(mail.keys()) == HEADERS
    assert mail["From"] == "Bonfire <bonfire@bosco.example>"
    assert mail["To"] == f"Berta <{BERTA}>"
    assert mail["Subject"] == letter().subject
    assert mail["Message-ID"] == "<a@bosco.example>"
    assert mail["Date"].datetime == START
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 1_000_000])
def test_hostile_text_changes_no_header_but_the_words_of_the_subject(text):
    for circumstances in hostile_circumstances(text):
        mail = written(CONFIG, notice(circumstances=circumstances))
        assert set(mail.keys()) == HEADERS
        assert mail["To"] == f"Berta <{BERTA}>"
        assert str(mail["Subject"]).isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_in_the_configuration_change_no_header_either(text):
    name = (text.encode("utf-8", "replace").decode() or "x")[:100]
    config = house(
        people=[{"name": name, "email": BERTA}],
        locations=[configs.location("altstadt", agent="altstadt", name=name)],
    )
    person = config.people[0]
    it = Notice(
        IncidentType.PRINTER_LOST, Phase.START, person.name, BERTA, MailLanguage.GERMAN, FULL, 1,
        START, "<a@bosco.example>",
    )  # fmt: skip
    mail = written(config, it, Templates(config))
    assert set(mail.keys()) == HEADERS
    assert mail["To"].addresses[0].addr_spec == BERTA
    assert len(mail["To"].addresses) == 1


def test_an_address_outside_ascii_is_refused_for_good():
    with pytest.raises(MailImpossible):
        written(CONFIG, replace(notice(), email="bärta@bosco.example"))


def test_poisoned_reaches_every_text_of_a_message():
    """The tool of these tests is itself tested: it must not pass by and call that harmless."""
    found = list(poisoned(FULL, "!"))
    assert len(found) == sum(isinstance(value, str) for _, value in FULL) + 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (-5.0, "0 s"), (59.4, "59 s"), (60.0, "1 min"), (3_580.0, "1 h 00 min"),
     (7_500.0, "2 h 05 min"), (100_000.0, "1 d 3 h")],
)  # fmt: skip
def test_spans_are_short(seconds, words):
    assert say_span(seconds) == words


def test_a_time_of_another_day_says_which():
    other = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)  # 00:30 of the 12th in Berlin
    assert LocalTime("Europe/Berlin", START, MailLanguage.GERMAN).say(other) == "00:30 Uhr"
    earlier = other - timedelta(hours=1)
    assert (
        LocalTime("Europe/Berlin", START, MailLanguage.GERMAN).say(earlier) == "11.05., 23:30 Uhr"
    )
    assert LocalTime("Europe/Berlin", START, MailLanguage.ENGLISH).say(earlier) == "11 May, 23:30"
    assert LocalTime("Europe/Berlin", START, MailLanguage.ENGLISH).say(None) == ""


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"waiting": -3, "unsettled": 10**400}, {"waiting": 0, "unsettled": 1_000_000}),
        ({"away_s": float("nan")}, {"away_s": None}),
        ({"away_s": float("inf")}, {"away_s": None}),
        ({"since": datetime.min.replace(tzinfo=UTC)}, {"since": None}),
        ({"until": datetime.max.replace(tzinfo=UTC)}, {"until": None}),
        ({"locations": ("x",) * 99}, {"locations": ("x",) * 20}),
    ],
)
def test_numbers_and_times_that_cannot_be_are_not_believed(said, kept):
    it = Circumstances.model_validate(said)
    assert {name: getattr(it, name) for name in kept} == kept
