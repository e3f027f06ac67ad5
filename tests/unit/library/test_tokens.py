"""Who may call: named bearer tokens from a file."""

from __future__ import annotations

import hmac
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.errors import Reason
from bonfire.tokens import Owner, Scope, Tokens, TokensInvalid

SHOP = "shop-" + "a" * 24
TILL = "till-" + "b" * 24
BOTH = Tokens({"shop": SHOP.encode(), "till": TILL.encode()})


def read(folder: Path, text: str | bytes) -> Tokens:
    path = folder / "tokens"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Tokens.read(path)


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(TokensInvalid) as caught:
        read(folder, text)
    assert caught.value.reason is Reason.CONFIG_INVALID
    return caught.value.detail


def test_a_file_has_a_name_and_a_token_a_line_with_comments_and_blanks_between(tmp_path: Path):
    tokens = read(tmp_path, f"# who may call\n\n  shop   {SHOP}\n\t# the bar's\ntill-2\t{TILL}\r\n")
    assert tokens.owner_of(f"Bearer {SHOP}") == "shop"
    assert tokens.owner_of(f"Bearer {TILL}") == "till-2"


def test_an_empty_file_lets_nobody_in(tmp_path: Path):
    assert read(tmp_path, "# nobody yet\n").owner_of(f"Bearer {SHOP}") is None


@pytest.mark.parametrize(
    "header", [f"Bearer {SHOP}", f"bearer {SHOP}", f"BEARER   {SHOP} ", f"Bearer\t{SHOP}"]
)
def test_the_scheme_is_written_as_people_write_it(header: str):
    assert BOTH.owner_of(header) == (None if "\t" in header else "shop")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        SHOP,
        f"Basic {SHOP}",
        f"Bearer {SHOP[:-1]}",
        f"Bearer {SHOP}x",
        f"Bearer {SHOP} {TILL}",
        f"Bearer {SHOP}\udcff",
        "Bearer " + "x" * 100_000,
    ],
)
def test_nothing_else_opens(header: str | None):
    assert BOTH.owner_of(header) is None


@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_comparison(text: str):
    assert BOTH.owner_of(text) is None
    assert BOTH.owner_of(f"Bearer {text}") is None


def test_a_strange_character_stands_for_no_other_one():
    tokens = Tokens({"shop": b"is-it-24-characters-long?"})
    assert tokens.owner_of("Bearer is-it-24-characters-long?") == "shop"
    assert tokens.owner_of("Bearer is-it-24-characters-long\udcff") is None


def test_every_token_is_compared_whole_wherever_the_right_one_stands(
    monkeypatch: pytest.MonkeyPatch,
):
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def counting(a: bytes, b: bytes) -> bool:
        compared.append((len(a), len(b)))
        return real(a, b)

    monkeypatch.setattr(hmac, "compare_digest", counting)
    for given_token, owner in ((SHOP, "shop"), (TILL, "till"), ("short", None)):
        compared.clear()
        assert BOTH.owner_of(f"Bearer {given_token}") == owner
        assert compared == [(32, 32), (32, 32)]


def test_every_mistake_is_named_with_its_line_and_no_token_is_shown(tmp_path: Path):
    secret = "s3cret-" + "z" * 20
    told = refused(
        tmp_path,
        "\n".join(
            [
                f"shop {SHOP}",
                "lonely",
                f"Shop! {secret}1",
                "short abc",
                f"shop {secret}2",
                f"other {SHOP}",
                f"{secret}3 a name that came second",
                f"fine {secret}4",
            ]
        ),
    )
    assert told.startswith(f"{tmp_path / 'tokens'}: ")
    assert re.findall(r"line (\d):", told) == ["2", "3", "4", "5", "6", "7"]
    assert "line 4: the token is shorter than 24 characters" in told
    assert "line 5: an earlier line has this name" in told
    assert "line 6: an earlier line has this token" in told
    assert secret not in told
    assert SHOP not in told


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path):
    with pytest.raises(TokensInvalid, match="No such file"):
        Tokens.read(tmp_path / "nowhere")
    assert "is not UTF-8 text" in refused(tmp_path, b"shop \xff\xfe")


def test_a_scoped_file_says_what_each_token_is_good_for(tmp_path: Path):
    path = tmp_path / "tokens"
    third = "x" * 24
    path.write_text(f"shop {SHOP}\ntill {TILL}  operate\nboth {third} read,operate\n")
    tokens = Tokens.read(path, scoped=True)
    assert tokens.find(f"Bearer {SHOP}") == Owner("shop", frozenset({Scope.READ}))
    assert tokens.find(f"Bearer {TILL}") == Owner("till", frozenset({Scope.OPERATE}))
    assert tokens.find(f"Bearer {third}") == Owner("both", frozenset(Scope))
    assert tokens.find(f"Bearer {third}x") is None


@pytest.mark.parametrize("scopes", ["admin", "read,", "read,admin", ",", "Read", "read operate"])
def test_a_scope_that_is_none_is_a_mistake_and_not_shown(scopes: str, tmp_path: Path):
    path = tmp_path / "tokens"
    path.write_text(f"shop {SHOP} {scopes}\n")
    with pytest.raises(TokensInvalid, match="line 1: ") as caught:
        Tokens.read(path, scoped=True)
    assert "admin" not in caught.value.detail
    assert SHOP not in caught.value.detail


def test_a_file_without_scopes_takes_none(tmp_path: Path):
    assert "line 1: not `name token`" in refused(tmp_path, f"shop {SHOP} operate\n")
