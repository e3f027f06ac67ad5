import io
import os

import pytest
from PIL import Image, ImageChops

from escpos_paper.png import FontMissing
from tests.unit.ticket.golden_tickets import FOLDER, paper
from tests.unit.ticket.samples import GOLDEN


@pytest.mark.parametrize("name", GOLDEN)
def test_a_ticket_reads_as_it_did(name):
    assert paper(name).text() + "\n" == (FOLDER / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_ticket_looks_as_it_did(name):
    try:
        picture = paper(name).png()
    except FontMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    with Image.open(io.BytesIO(picture)) as now, Image.open(FOLDER / f"{name}.png") as before:
        assert now.size == before.size
        assert ImageChops.difference(now, before).getbbox() is None


def test_there_is_no_golden_file_without_its_sample():
    assert {file.stem for file in FOLDER.iterdir()} == set(GOLDEN)
