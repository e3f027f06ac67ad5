from bonfire.dish_allergies import dish_allergies
from bonfire.order import Item, LabelledText, Modifier


def test_every_kind_of_words_at_a_dish_is_looked_at():
    dish = Item(
        name="Pasta",
        variants=("groß", "für Allergiker"),
        modifiers=(
            Modifier(group="Allergien", name="Sellerie"),
            Modifier(group="Soße", name="Erdnuss"),
        ),
        special_request="bitte\nglutenfrei",
        notes=(
            LabelledText(label="Unverträglichkeiten?", text="Milch"),
            LabelledText(label="Allergien?", text="keine"),
            LabelledText(label="", text="Zöliakie"),
            LabelledText(label="Allergie", text=""),
        ),
    )

    assert [(each.label, each.text) for each in dish_allergies([dish])] == [
        ("Pasta", "bitte\nglutenfrei"),
        ("Pasta", "Unverträglichkeiten? Milch"),
        ("Pasta", "Zöliakie"),
        ("Pasta", "Allergie"),
        ("Pasta", "für Allergiker"),
        ("Pasta", "Allergien: Sellerie"),
    ]


def test_an_allergen_in_the_name_of_a_dish_or_a_choice_is_no_allergy():
    assert (
        dish_allergies([Item(name="Nusskuchen", modifiers=(Modifier(name="Haselnusseis"),))]) == ()
    )


def test_the_same_words_at_the_same_dish_are_said_once_and_at_another_dish_again():
    soup, cake = (Item(name=name, special_request="Nussallergie") for name in ("Suppe", "Kuchen"))

    assert [each.label for each in dish_allergies([soup, soup, cake])] == ["Suppe", "Kuchen"]
