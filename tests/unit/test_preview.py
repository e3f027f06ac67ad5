import argparse
import io
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from bonfire.config.printer import IMPACT_COLUMNS
from bonfire.messages import Document, Language
from bonfire.order import Item
from escpos_paper import IMPACT, THERMAL, Ticket
from escpos_paper.png import FontMissing
from print_agent import preview
from print_agent.preview.orders import UnreadableInput, read_jobs
from tests.unit.ticket.samples import PICKUP, TABLE

NOW = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)
ORDER = {
    "schema": "bonfire.order/1",
    "id": "o-1",
    "number": "81",
    "placed_at": "2026-03-06T17:41:12Z",
    "customer": {"company": "Muster GmbH"},
    "items": [{"name": "Suppe", "quantity": 2}],
    "note": "heiß bitte",
}


class Stopped:
    """A clock for who only asks for the date."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("a preview does not wait")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a preview of `data` from standard input, or of the files named in `arguments`."""
    monkeypatch.chdir(tmp_path)

    def preview_of(*arguments: str, data: bytes = b"") -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        parser = argparse.ArgumentParser()
        preview.add_arguments(parser)
        return preview.run(parser.parse_args(arguments), Stopped())

    return preview_of


def test_a_job_becomes_a_text_and_a_picture(run, tmp_path, capsys):
    (tmp_path / "job.json").write_bytes(PICKUP.encode())
    assert run("job.json", "--out", "paper") == 0
    assert capsys.readouterr().out.split() == ["paper/job.txt", "paper/job.png"]
    assert "Käsespätzle" in (tmp_path / "paper/job.txt").read_text()
    assert (tmp_path / "paper/job.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "data",
    [
        PICKUP.encode() + b"\n\n" + TABLE.encode() + b"\n",
        b"[" + PICKUP.encode() + b"," + TABLE.encode() + b"]",
    ],
)
def test_several_jobs_are_numbered(run, tmp_path, data):
    assert run("-", data=data) == 0
    assert {file.name for file in tmp_path.iterdir()} == {
        *("ticket-1.txt", "ticket-1.png", "ticket-2.txt", "ticket-2.png")
    }


def test_an_order_becomes_one_ticket_with_all_that_it_holds(run, tmp_path):
    assert run("--timezone", "Europe/Berlin", data=json.dumps(ORDER).encode()) == 0
    text = (tmp_path / "ticket.txt").read_text()
    for shown in ("PREVIEW", "81", "2x  Suppe", "heiß bitte", "Muster GmbH", "gedruckt 18:41"):
        assert shown in text


def test_an_order_without_a_time_was_placed_now(run, tmp_path):
    assert run(data=json.dumps({"id": "1", "number": "1"}).encode()) == 0
    assert "gedruckt 18:00" in (tmp_path / "ticket.txt").read_text()


def test_language_and_columns_can_be_chosen(run, tmp_path):
    assert run("--language", "en", "--columns", "32", data=PICKUP.encode()) == 0
    text = (tmp_path / "ticket.txt").read_text()
    assert "PICKUP" in text
    assert "\n" + "─" * 32 + "\n" in text


@pytest.mark.parametrize("document", Document)
def test_an_order_as_another_document_has_what_that_may_show(document):
    order = ORDER | {
        "payment": {"status": "paid"},
        "customer": {"phone": "030 23125"},
        "fulfilment": {"address": {"city": "Lindenbruck"}},
        "items": [{"name": "Suppe", "price": {"amount": "4.50"}}],
        "custom_fields": [{"label": "buzzer", "text": "7781", "topic": "contact"}],
    }
    (job,) = read_jobs(json.dumps(order).encode(), "UTC", NOW, document)
    is_whole = document in (Document.PASS, Document.COURIER)
    assert job.document is document
    assert (job.order.phone == "030 23125") is is_whole
    assert (job.order.payment is not None) is is_whole
    assert (job.order.fulfilment.address is not None) is is_whole
    assert (job.order.items[0].price is not None) is is_whole
    assert bool(job.order.custom_fields) is is_whole


def test_a_misspelt_word_of_an_order_is_told_and_that_of_a_newer_hubs_job_is_not():
    order = ORDER | {"fulfilment": {"kind": "pikup"}}
    with pytest.raises(UnreadableInput, match=r"fulfilment\.kind"):
        list(read_jobs(json.dumps(order).encode(), "UTC", NOW))
    (job,) = read_jobs(json.dumps(ORDER).encode(), "UTC", NOW)
    newer = json.loads(job.encode()) | {"language": "es"}
    (read,) = read_jobs(json.dumps(newer).encode(), "UTC", NOW)
    assert read.language is Language.ENGLISH


def test_what_speaks_of_an_allergy_stands_at_the_top_as_routing_finds_it(run, tmp_path):
    dish = {"name": "Suppe", "modifiers": [{"name": "Sellerie", "group": "Allergien"}]}
    assert run(data=json.dumps(ORDER | {"items": [dish]}).encode()) == 0
    text = (tmp_path / "ticket.txt").read_text()
    assert "ALLERGIE! Suppe" in text
    assert "│ Allergien: Sellerie" in text


def test_of_print_jobs_only_the_wanted_document_is_shown(run, tmp_path):
    bag = TABLE.model_copy(update={"document": Document.BAG})
    assert run("--document", "bag", data=PICKUP.encode() + b"\n" + bag.encode()) == 0
    assert "Apfelschorle" in (tmp_path / "ticket.txt").read_text()


def picture(file: Path) -> Image.Image:
    with Image.open(file) as opened:
        return opened.convert("RGB")


def red_dots(drawn: Image.Image) -> int:
    red, green, _ = drawn.split()
    is_red = ImageChops.subtract(red, green).point(lambda difference: 255 * (difference > 100))
    return is_red.histogram()[255]


NEEDLES = ("--technology", "impact")


@pytest.mark.parametrize(("ribbon", "has_red"), [("--red", True), ("--no-red", False)])
def test_an_impact_printers_picture_is_in_the_colours_of_its_ribbon(run, tmp_path, ribbon, has_red):
    assert run(*NEEDLES, "--columns", "33", ribbon, data=PICKUP.encode()) == 0
    assert (red_dots(picture(tmp_path / "ticket.png")) > 0) is has_red


def test_an_impact_printers_picture_has_the_paper_and_the_rows_of_needles(run, tmp_path):
    thermal, impact = ("--columns", "33"), (*NEEDLES, "--columns", "33")
    widths = set()
    for arguments, engine in ((thermal, THERMAL), (impact, IMPACT)):
        assert run(*arguments, data=TABLE.encode()) == 0
        drawn = picture(tmp_path / "ticket.png")
        assert drawn.width == engine.paper_dots(33)
        widths.add(drawn.width)
    assert len(widths) == 2


def test_an_impact_printer_prints_no_pictures_of_letters(run, tmp_path):
    item = Item(name="北京烤鸭")
    job = TABLE.model_copy(update={"order": TABLE.order.model_copy(update={"items": (item,)})})
    assert run(*NEEDLES, "--raster", data=job.encode()) == 0
    assert "~BeiJingKaoYa~" in (tmp_path / "ticket.txt").read_text()


CONFIG = """
[organisation]
id = "krone"
name = "Krone"
[[locations]]
id = "altstadt"
name = "Altstadt"
timezone = "Europe/Berlin"
default_station = "kitchen"
[[locations.printers]]
id = "kitchen-1"
address = "tcp://127.0.0.1:9100"
columns = 32
[[locations.stations]]
id = "kitchen"
name = "KÜCHE"
printer = "kitchen-1"
"""


@pytest.mark.parametrize(("more", "columns"), [((), 32), (("--columns", "42"), 42)])
def test_a_configuration_says_how_jobs_look_unless_told_otherwise(run, tmp_path, more, columns):
    (tmp_path / "bonfire.toml").write_text(CONFIG)
    assert run("--config", "bonfire.toml", *more, data=TABLE.encode()) == 0
    assert "\n" + "─" * columns + "\n" in (tmp_path / "ticket.txt").read_text()


@pytest.mark.parametrize(
    ("configured", "chosen", "columns"),
    [
        ('"thermal"', NEEDLES, IMPACT_COLUMNS),
        ('"impact"\nred = true', ("--technology", "thermal"), 48),
        ('"impact"\nred = true', NEEDLES, 33),
    ],
)
def test_another_technology_than_the_configured_one_has_its_usual_paper(
    run, tmp_path, configured, chosen, columns
):
    settings = CONFIG.replace("columns = 32", f"columns = 33\ntechnology = {configured}")
    (tmp_path / "bonfire.toml").write_text(settings)
    assert run("--config", "bonfire.toml", *chosen, data=PICKUP.encode()) == 0
    rules = re.findall("^[─-]+$", (tmp_path / "ticket.txt").read_text(), re.MULTILINE)
    assert {len(rule) for rule in rules} == {columns}
    assert (red_dots(picture(tmp_path / "ticket.png")) > 0) is (columns == 33)


def test_a_printer_that_the_configuration_does_not_have_is_named(run, tmp_path, capsys):
    (tmp_path / "bonfire.toml").write_text(CONFIG)
    job = TABLE.model_copy(update={"printer": "attic-9"})
    assert run("--config", "bonfire.toml", data=job.encode()) == 1
    assert "no printer 'attic-9'" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [24, 96])
def test_every_width_that_a_configuration_may_say_can_be_chosen(run, tmp_path, columns):
    assert run("--columns", str(columns), data=PICKUP.encode()) == 0
    assert "\n" + "─" * columns + "\n" in (tmp_path / "ticket.txt").read_text()


@pytest.mark.parametrize(
    ("columns", "said"),
    [("23", "greater than or equal to 24"), ("97", "less than or equal to 96"), ("wide", "wide")],
)
def test_a_width_that_no_printer_has_is_refused(run, columns, said, capsys):
    with pytest.raises(SystemExit):
        run("--columns", columns)
    refused = capsys.readouterr().err
    assert "--columns" in refused
    assert said in refused


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"{\n]", "not JSON"),
        (b"7", "a JSON object"),
        (b'{"lineItems": []}', "order-ingest jobs FILE | print-agent preview -"),
        (b'{"order": {"lineItems": []}}', "order-ingest jobs FILE | print-agent preview -"),
        (b'{"id": "1"}', "no. 1: number: Field required"),
        (b'{"schema": "bonfire.print-job/1"}', "no. 1: job_id: Field required"),
        (b'{"schema": "bonfire.print-job/2"}', "bonfire.print-job/2"),
        (b'{"schema": "bonfire.job-event/1"}', "bonfire.job-event/1"),
    ],
)
def test_what_is_no_job_and_no_order_is_refused_with_its_reason(run, tmp_path, capsys, data, said):
    assert run(data=data) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_is_named(run, capsys):
    assert run("nowhere.json") == 1
    assert "nowhere.json" in capsys.readouterr().err


def test_without_a_font_the_text_is_still_written(run, tmp_path, monkeypatch, capsys):
    def draw(_: Ticket) -> bytes:
        raise FontMissing

    monkeypatch.setattr(Ticket, "png", draw)
    assert run(data=PICKUP.encode()) == 1
    assert "fonts-dejavu-core" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["ticket.txt"]
