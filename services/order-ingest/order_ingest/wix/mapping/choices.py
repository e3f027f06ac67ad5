"""What the guest chose for a dish: the union of all the places where Wix was seen to write it.

    A  lineItems[].modifierGroups[]                    names, sometimes ids
    B  lineItems[].descriptionLines[]                  names, with or without a group's name
    C  catalogReference.options.modifierGroups[]       ids, sometimes names
       catalogReference.options.priceVariant           an id, sometimes a name

The rules by which the same choice in two places appears once, and two choices never become one:

1. Two entries *of different places* are the same choice if their groups are equal or one has none,
   and their ids are equal and their names do not differ, or, where one of them has no id, their
   names are equal (but for case and spaces). An entry takes in at most one entry of each other
   place, so "Käse" twice in one place stays twice.
2. The larger quantity of the two holds.
3. An entry with an id and no name needs a name from another place: one that has no id and that
   rule 1 did not already join to an entry of the same place. Only if there are at least as many
   such names as there are nameless ids, in number and in total quantity, do they cover the ids;
   otherwise *all* nameless ids are shown as "?? <id>" with an alert, since nobody can say which of
   them is missing.
4. A price variant without a name is covered by a description line that is left over, first of all
   by one without a group's name, since that is where Wix writes the variant's name. One such line
   is held back for the variant even if the order names no price variant: for rule 3, a line that
   may be the variant is never counted as a modifier.

So a false alert is possible, a lost modifier is not.
"""

from __future__ import annotations

from dataclasses import dataclass

from bonfire.order import AlertCode, Modifier
from order_ingest.wix.mapping.description import DescriptionLine
from order_ingest.wix.mapping.findings import TEXT_LIMIT
from order_ingest.wix.mapping.raw import Raw
from order_ingest.wix.mapping.readable import is_machine_made
from order_ingest.wix.mapping.union import Choice, Union, folded

# In one place of one dish; an item has no room for more.
MAX_CHOICES = 200

_NAMES = ("name", "label", "details", "title")
_MODIFIER_IDS = ("id", "_id", "modifierId")
_GROUP_IDS = ("id", "_id", "modifierGroupId")
_VARIANT_IDS = ("id", "_id", "variantId")


@dataclass(frozen=True, slots=True)
class Chosen:
    variants: list[str]
    modifiers: list[Modifier]


def read_choices(line: Raw, options: Raw, lines: list[DescriptionLine], currency: str) -> Chosen:
    """The variants and modifiers of a line item, each once, in the order in which they stand."""
    union = Union()
    for place, holder in (("A", line), ("C", options)):
        for entry in _entries(holder.get("modifierGroups"), place, currency):
            union.add(entry)
    left_over = [described for described in lines if not union.take_in(_described(described))]
    variants = [described.text for described in left_over if not described.group]
    grouped = [described for described in left_over if described.group]
    held_back = _add_variant(variants, grouped, options.get("priceVariant"))
    spare = max(0, len(variants) - 1) + len(grouped) - held_back
    unknown = _uncovered(union.choices, spare)
    for choice in unknown:
        line.findings.add(AlertCode.UNKNOWN_MODIFIER, f"{line.path}: modifier {choice.id}")
    named = [_modifier(choice) for choice in union.choices if choice.name]
    named += [Modifier(name=each.text, group=each.group) for each in grouped]
    return Chosen(variants, named + [_modifier(choice) for choice in unknown])


def _entries(groups: Raw, place: str, currency: str) -> tuple[Choice, ...]:
    entries: list[Choice] = []
    for group in groups.all():
        if not isinstance(group.value, dict):
            entries.append(_entry(group, "", "", place, currency))
            continue
        if "modifiers" not in group.value:
            group.unreadable()
        label = group.get("name", "label", "title").text()
        group_id = group.get(*_GROUP_IDS).text()
        for each in group.get("modifiers").all():
            entries.append(_entry(each, label, group_id, place, currency))
    return groups.capped(entries, MAX_CHOICES, "choices")


def _entry(each: Raw, group: str, group_id: str, place: str, currency: str) -> Choice:
    if not isinstance(each.value, dict):
        each.unreadable()
        return Choice(each.text(TEXT_LIMIT), "", group, group_id, 1, None, {place})
    names = [each.get(name).text(TEXT_LIMIT) for name in _NAMES if name in each.value]
    return Choice(
        name=each.cut(", ".join(dict.fromkeys(filter(None, names))), TEXT_LIMIT),
        id=each.get(*_MODIFIER_IDS).text(),
        group=group,
        group_id=group_id,
        quantity=each.get("quantity").quantity(),
        price=each.get("price").money(currency),
        places={place},
    )


def _described(line: DescriptionLine) -> Choice:
    return Choice(line.text, "", line.group, "", 1, None, {"B"})


def _add_variant(variants: list[str], grouped: list[DescriptionLine], variant: Raw) -> int:
    """Rule 4. Returns how many lines with a group may be the variant's name, 0 or 1."""
    name, id_ = _variant(variant)
    if name:
        described = {folded(text) for text in (*variants, *(line.text for line in grouped))}
        if folded(name) not in described:
            variants.insert(0, name)
        return 0
    if not id_ or variants:
        return 0
    if grouped:
        return 1
    variant.findings.add(AlertCode.UNKNOWN_MODIFIER, f"{variant.path}: variant {id_}")
    variants.append(f"?? {id_}")
    return 0


def _variant(variant: Raw) -> tuple[str, str]:
    """The name and the id of the price variant, either of which may be empty."""
    if isinstance(variant.value, dict):
        return variant.get(*_NAMES).text(TEXT_LIMIT), variant.get(*_VARIANT_IDS).text()
    text = variant.text()
    return ("", text) if is_machine_made(text) else (text, "")


def _uncovered(choices: list[Choice], spare_lines: int) -> list[Choice]:
    """Rule 3: the choices without a name, or none of them if other names can be theirs."""
    nameless = [choice for choice in choices if not choice.name]
    if not nameless:
        return []
    places = set().union(*(choice.places for choice in nameless))
    spare = [
        each for each in choices if each.name and not each.id and places.isdisjoint(each.places)
    ]
    enough = len(nameless) <= len(spare) + spare_lines
    needed = sum(choice.quantity for choice in nameless)
    covered = enough and needed <= sum(choice.quantity for choice in spare) + spare_lines
    return [] if covered else nameless


def _modifier(choice: Choice) -> Modifier:
    return Modifier(
        name=choice.name or f"?? {choice.id}".strip(),
        group=choice.group,
        quantity=choice.quantity,
        price=choice.price,
        resolved=bool(choice.name),
    )
