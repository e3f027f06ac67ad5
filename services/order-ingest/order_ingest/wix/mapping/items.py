"""Line items: what the kitchen cooks, then what the shop sold, no two lines merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bonfire.order import AlertCode, Item, LabelledText, Section
from order_ingest.wix.mapping.choices import read_choices
from order_ingest.wix.mapping.description import DescriptionLine, read_description
from order_ingest.wix.mapping.findings import TEXT_LIMIT
from order_ingest.wix.mapping.raw import Raw
from order_ingest.wix.mapping.readable import branches, is_written, leaves
from order_ingest.wix.mapping.topics import topic_at_dish
from order_ingest.wix.mapping.union import folded
from order_ingest.wix.mapping.unread import LINE_ITEM, TopicOf, read_unread

RESTAURANT_APPS: Final = frozenset(
    (
        "9a5d83fd-8570-482e-81ab-cfa88942ee60",  # Restaurants Orders (New)
        "b278a256-2757-4f19-9313-c05c783bec92",  # Restaurants Menus
        "13e8d036-5516-6104-b456-c8466db39542",  # Restaurants Orders, the old app
    )
)
SHOP_APPS: Final = frozenset(
    (
        "215238eb-22a5-4c36-9e7b-e7c08025e04e",  # Stores
        "1380b703-ce81-ff05-f115-39571d94dfcd",  # eCommerce, as older shop orders name it
        "13d21c63-b5ec-5912-8397-c3a5ddb27a97",  # Bookings
        "140603ad-af8d-84a5-2c80-a0f60cb47351",  # Events
        "d80111c5-a0f4-47a8-b63a-65b54d774a27",  # Gift Cards
    )
)

_MAX_ITEMS: Final = 1_000
_MAX_VARIANTS: Final = 100
_MAX_MODIFIERS: Final = 200
_MAX_NOTES: Final = 100
_REQUESTS: Final = ("specialRequests", "specialRequest")


def read_items(order: Raw, currency: str) -> tuple[Item, ...]:
    """The dishes of the order in the order of the cart, then the goods of the site's shop.

    Goods alone are no order for us and give no item. NO_ITEMS says that there is no dish and that
    shop goods alone do not explain it. A line of an app that we do not know is left out, but never
    without an alert.
    """
    lines = order.get("lineItems")
    dishes: list[tuple[Raw, bool]] = []
    goods: list[tuple[Raw, bool]] = []
    surely_goods = bool(lines)
    for line in lines.all():
        app = _app(line)
        if not app or app in RESTAURANT_APPS:
            dishes.append((line, False))
        elif app in SHOP_APPS:
            goods.append((line, True))
        else:
            surely_goods = False
            line.get("catalogReference").get("appId").alert(AlertCode.UNKNOWN_VALUE)
    if not dishes:
        if surely_goods:
            return ()
        lines.alert(AlertCode.NO_ITEMS)
    # Goods last: they never take the place of a dish.
    kept = lines.capped([*dishes, *goods], _MAX_ITEMS, "dishes")
    return tuple(_item(line, currency, goods=is_goods) for line, is_goods in kept)


def _app(line: Raw) -> str:
    """The app that sold the line; empty where Wix does not say, and then it counts as a dish."""
    reference = line.value.get("catalogReference") if isinstance(line.value, dict) else None
    app = reference.get("appId") if isinstance(reference, dict) else None
    return app.strip().lower() if isinstance(app, str) else ""


def _item(line: Raw, currency: str, *, goods: bool) -> Item:
    if not isinstance(line.value, dict):
        line.unreadable()
        return Item(name=line.text(TEXT_LIMIT) or "??")
    options = line.get("catalogReference").get("options")
    request = _special_request(line, options)
    answers = _answers(options)
    requests = {folded(text) for text in (request, *request.splitlines())}
    lines = [
        each
        for each in read_description(line.get("descriptionLines"))
        if not _is_repeated(each, requests, answers)
    ]
    chosen = read_choices(line, options, lines, currency)
    name = _name(line)
    notes = [
        *answers.values(),
        *read_extended_fields(line, topic_at_dish),
        *read_unread(line, LINE_ITEM, topic_at_dish),
    ]
    return Item(
        name=name,
        quantity=line.get("quantity").quantity(),
        id=line.get("id", "_id").text(),
        variants=line.capped(chosen.variants, _MAX_VARIANTS, "variants"),
        modifiers=line.capped(chosen.modifiers, _MAX_MODIFIERS, "modifiers"),
        special_request=request,
        notes=line.capped(notes, _MAX_NOTES, "notes"),
        section=Section(id=options.get("sectionId", "menuSectionId").text()),
        price=line.get("price").money(currency),
        goods=goods,
    )


def _is_repeated(
    line: DescriptionLine, requests: set[str], answers: Mapping[tuple[str, str], LabelledText]
) -> bool:
    """Whether the line says only what the guest's own texts say anyway.

    A line with a group never repeats the request: "Ohne: Zwiebeln" is not "Zwiebeln".
    """
    text = folded(line.text)
    if (folded(line.group), text) in answers:
        return True
    return not line.group and text in requests


def _name(line: Raw) -> str:
    product = line.get("productName", "name")
    if name := product.text(TEXT_LIMIT):
        return name
    product.alert(AlertCode.MISSING_NAME)
    id_ = line.get("catalogReference").get("catalogItemId").text() or line.get("id", "_id").text()
    return f"?? {id_}".strip()


def _special_request(line: Raw, options: Raw) -> str:
    """What the guest wrote to this dish, in either spelling and wherever it stands."""
    texts: dict[str, str] = {}
    for holder in (options, line):
        for name in _REQUESTS:
            place = holder.get(name)
            for each in place.all() if isinstance(place.value, list) else [place]:
                if text := each.text(TEXT_LIMIT):
                    texts.setdefault(folded(text), text)
    return line.cut("\n".join(texts.values()), TEXT_LIMIT)


def _answers(options: Raw) -> dict[tuple[str, str], LabelledText]:
    """The guest's answers to the shop's questions about this dish, by question and answer."""
    fields = options.get("customTextFields")
    if not fields:
        return {}
    return {
        (folded(label), folded(text)): fields.labelled(label, text)
        for label, text in leaves(fields.value)
    }


def read_extended_fields(holder: Raw, topic_of: TopicOf) -> Iterator[LabelledText]:
    """Texts that other apps attached, and everything in the fields of the site's owner."""
    fields = holder.get("extendedFields")
    if not fields:
        return
    namespaces = fields.value.get("namespaces") if isinstance(fields.value, dict) else fields.value
    others = dict(namespaces) if isinstance(namespaces, dict) else {"": namespaces}
    of_owner = branches(others.pop("_user_fields", None))
    for path, text in (*of_owner, *branches(others, is_written)):
        yield fields.labelled(path[-1] if path else "", text, topic_of(path, text))
