"""What kind of matter a mail is (design §6, domain.md §2)."""

from dataclasses import replace

import pytest

from mailroute.model.address import Address
from mailroute.model.condition import AllOf, Always, InboxIs, Phrase, Regex, SenderIs, Words
from mailroute.model.decision import Classified
from mailroute.model.message import Forwarded
from mailroute.model.ruleset import CaseType, Evidence, Learned
from mailroute.model.weights import WordWeights
from mailroute.routing.classify import classify, compile_classifier, is_old_subject
from tests.support.factories import (
    INBOX,
    RECHNUNG,
    SCHADEN,
    a_case_type,
    a_message,
    a_ruleset,
    a_sender,
    an_envelope,
)

BOTH = (RECHNUNG, SCHADEN)


def classified(
    text: str,
    subject: str = "",
    case_types: tuple[CaseType, ...] = BOTH,
    *,
    reply: bool = False,
    **more: object,
) -> Classified:
    classifier = compile_classifier(a_ruleset(case_types=case_types))
    return classify(classifier, a_message(text, subject, **more), a_sender(), an_envelope(), reply=reply)


def only(*words: str, **weights: float) -> tuple[CaseType, ...]:
    return (a_case_type("x", evidence={**dict.fromkeys(words, 1.0), **weights}),)


@pytest.mark.parametrize(
    ("subject", "case_type"),
    [("Frage zu meiner Rechnung", "rechnung"), ("Gebäudeschaden", "schadensmeldung")],
)
def test_req_e7_the_two_mails_of_the_story(subject: str, case_type: str) -> None:
    result = classified("Guten Tag, bitte melden Sie sich.", subject)

    assert result.case_type == case_type
    assert result.steps[0].rule == "case-types.yaml:12"


def test_the_subject_counts_twice_and_the_words_are_quoted() -> None:
    result = classified("Die Heizung ist kaputt", "Rechnung")

    assert [(one.id, one.score) for one in result.scores] == [("rechnung", 6), ("schadensmeldung", 4)]
    assert result.scores[0].because == '"Rechnung" (subject)'
    assert result.steps[0].because == '"Rechnung" (subject), score 6; next schadensmeldung 4'


def test_the_subject_of_a_reply_does_not_outvote_its_text() -> None:
    assert classified("Die Heizung ist kaputt", "Re: Rechnung", reply=True).case_type == "schadensmeldung"


BURST = (
    a_case_type("notfall", when=Words(("rohrbruch",)), emergency=True),
    a_case_type("gas", when=AllOf((Words(("geruch",)), Words(("gas",)))), emergency=True),
    *BOTH,
)


@pytest.mark.parametrize(
    ("subject", "text", "case_type"),
    [
        ("AW: Rohrbruch", "Danke, es ist wieder trocken.", "schadensmeldung"),
        ("WG: AW: Rohrbruch", "Eine Frage zur Rechnung", "rechnung"),
        ("Rohrbruch", "Danke für den Rückruf.", "notfall"),
        ("AW: Rohrbruch", "", "notfall"),
        ("AW: Rohrbruch", "Schon wieder ein Rohrbruch!", "notfall"),
        ("AW: Geruch im Flur", "Es ist Gas!", "gas"),
    ],
)
def test_an_old_subject_alone_makes_no_emergency_of_an_answer(
    subject: str, text: str, case_type: str
) -> None:
    """A rule for an emergency needs a word of the text where the mail answers an older one."""
    assert classified(text, subject, BURST).case_type == case_type


@pytest.mark.parametrize(
    ("subject", "old"),
    [
        ("Re: Rohrbruch", True),
        ("AW: Rohrbruch", True),
        ("Antwort: Rohrbruch", True),
        ("SV: Rohrbruch", True),
        ("Re[2]: Rohrbruch", True),
        ("[extern] AW: Rohrbruch", True),
        ("WG: AW: Rohrbruch", True),
        ("Fwd: Re: Rohrbruch", True),
        ("WG: Rohrbruch", False),
        ("Rohrbruch", False),
        ("Reparatur: Rohrbruch", False),
    ],
)
def test_a_subject_says_whether_it_is_an_older_mails(subject: str, old: bool) -> None:
    assert is_old_subject(subject) is old


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("rohrbruch", "ein Wasserrohrbruch!"),
        ("nebenkosten", "die Nebenkostenabrechnung"),
        ("schaden", "Gebäudeschäden und Schadens-Meldung"),
        ("rückstand", "RÜCKSTAND"),
        ("rückstand", "Mietrueckstand"),
        ("rückstand", "Ruckstand"),
        ("wird nicht warm", "Der Heizkörper wird\nnicht warm."),
        ("leck", "Da ist ein Leck."),
        ("wc", "das WC läuft"),
    ],
)
def test_words_are_heard_as_people_write_them(word: str, text: str) -> None:
    assert classified(text, case_types=only(word)).case_type == "x"


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("müll", "Herr Müller"),
        ("leck", "lecker"),
        ("rauch", "Wir brauchen den Verbrauch"),
        ("garten", "Gartenstraße 5"),
        ("brand", "nach Brandenburg"),
        ("wird nicht warm", "wird warm"),
    ],
)
def test_letters_of_other_words_are_not_heard(word: str, text: str) -> None:
    assert classified(text, case_types=only(word)).case_type is None


def test_each_word_counts_twice_at_most() -> None:
    assert classified("kaputt " * 50, case_types=only("kaputt")).scores[0].score == 2


def test_words_may_speak_against() -> None:
    case_types = (a_case_type("rechnung", evidence={"rechnung": 3, "abrechnung": -3}),)

    assert classified("die Nebenkostenabrechnung", case_types=case_types).case_type is None


def test_a_longer_word_of_another_case_type_weighs_more() -> None:
    case_types = (
        a_case_type("rechnung", evidence={"rechnung": 2}),
        a_case_type("nebenkosten", evidence={"abrechnung": 2}),
    )

    assert classified("Frage zur Abrechnung", case_types=case_types).case_type == "nebenkosten"


def test_within_the_margin_it_is_unclear_and_the_best_are_named() -> None:
    case_types = (a_case_type("a", evidence={"heizung": 2}), a_case_type("b", evidence={"fenster": 2}))
    result = classified("Heizung und Fenster", case_types=case_types)

    assert (result.case_type, result.steps[0].verdict) == (None, "unclear")
    assert result.steps[0].because == 'a 2 ("Heizung" (text)); b 2 ("Fenster" (text))'


def test_between_equals_an_emergency_wins() -> None:
    case_types = (
        a_case_type("heizung", evidence={"heizung": 2}),
        a_case_type("notfall", evidence={"gasgeruch": 2}, emergency=True, urgency=1),
    )
    result = classified("Gasgeruch an der Heizung", case_types=case_types)

    assert (result.case_type, result.emergency, result.urgency) == ("notfall", True, 1)


def test_nothing_heard_is_unclear() -> None:
    result = classified("Guten Tag")

    assert (result.case_type, result.urgency, result.emergency) == (None, 3, False)


def test_quotes_do_not_speak() -> None:
    assert classified("> Rechnung", new_text="Danke").case_type is None


def test_a_forwarded_mail_speaks_where_the_forwarder_says_little() -> None:
    inner = Forwarded(Address("", "x@y.example"), (), "Rohrbruch", None, "im Keller")

    assert classified("zur Info", forwarded=inner).case_type == "schadensmeldung"
    assert classified("Frage zur Rechnung. " + "bla " * 100, forwarded=inner).case_type == "rechnung"


def test_conditions_decide_before_evidence_in_the_order_of_the_file() -> None:
    case_types = (
        *BOTH,
        a_case_type("first", when=Words(("gasgeruch",)), urgency=1),
        a_case_type("second", when=Always()),
    )

    assert classified("Gasgeruch, und die Rechnung", case_types=case_types).case_type == "first"
    result = classified("Rechnung", case_types=case_types)
    assert (result.case_type, result.steps[0].because) == ("second", "rule: always")
    assert result.scores[0].id == "rechnung"


def test_a_rule_names_the_words_that_spoke() -> None:
    when = AllOf(
        (Words(("heizung",)), Phrase(("im ganzen haus",)), Regex(r"\bkalt\b"), SenderIs(("tenant",)))
    )
    result = classified("Heizungen im ganzen Haus kalt", case_types=(a_case_type("x", when=when),))

    assert result.steps[0].because == (
        'rule: "Heizungen" in the text and "im ganzen Haus" in the text and "kalt" and the sender is tenant'
    )


def test_a_phrase_stands_between_word_borders() -> None:
    case_types = (a_case_type("x", when=Phrase(("es brennt",))),)

    assert classified("Hilfe, es brennt!", case_types=case_types).case_type == "x"
    assert classified("Es brennte nicht", case_types=case_types).case_type is None


def test_a_word_of_one_rule_and_the_same_phrase_of_another_are_two_things() -> None:
    case_types = (a_case_type("p", when=Phrase(("rohrbruch",))), a_case_type("w", evidence={"rohrbruch": 2}))

    assert classified("Wasserrohrbruch", case_types=case_types).case_type == "w"


def test_a_pattern_that_does_not_compile_never_matches() -> None:
    assert classified("(", case_types=(a_case_type("x", when=Regex("(")),)).case_type is None


def test_an_inbox_may_decide_by_itself() -> None:
    assert classified("", case_types=(a_case_type("x", when=InboxIs((INBOX,))),)).case_type == "x"


# --- how words are meant ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("sicherung", "die Versicherung"),
        ("scheidung", "Entscheidungen und Grundsatzentscheidungen"),
        ("raucht", "wer braucht das"),
        ("sturm", "der Ansturm"),
        ("quote", "die Unquote"),
    ],
)
def test_letters_behind_a_prefix_are_no_compound(word: str, text: str) -> None:
    assert classified(text, case_types=only(word)).case_type is None


@pytest.mark.parametrize(
    "text",
    [
        "Ich ziehe zum Jahresende aus.",
        "ZIEHE ich jetzt aus?",
    ],
)
def test_a_gap_is_bridged_within_a_sentence(text: str) -> None:
    result = classified(text, case_types=only("ziehe … aus"))
    assert result.case_type == "x"
    assert "aus" in result.scores[0].because


@pytest.mark.parametrize(
    "text",
    ["Ich ziehe um. Es sieht gut aus.", "aus dem Haus ziehe ich", "ziehe " + "sehr " * 9 + "aus"],
)
def test_a_gap_does_not_reach_over_a_sentence_or_backwards(text: str) -> None:
    assert classified(text, case_types=only("ziehe … aus")).case_type is None


def test_the_words_of_an_evidence_phrase_may_be_inflected() -> None:
    assert classified("mit meiner neuen Anschrift", case_types=only("neue anschrift")).case_type == "x"
    assert classified("die Anschrift, die neue", case_types=only("neue anschrift")).case_type is None


@pytest.mark.parametrize(
    "text",
    [
        "Es gibt keinen Schaden.",
        "ganz ohne Schaden",
        "Der Hahn tropft nicht mehr",
        "Zum Glück riecht es nicht mehr nach Gas.",
        "Ich rieche kein Gas",
        "Hier riecht niemand etwas",
        "Man riecht nichts",
        "Es riecht auch nicht nach Gas",
        "Kein Geruch nach Gas, weder Gas noch Schaden",
        "Keine Spur von Gas",
        "I don't smell gas, there is no smell of gas and no sign of a Schaden",
        "I can't smell any gas",
    ],
)
def test_trouble_that_is_denied_does_not_count(text: str) -> None:
    types = only("schaden", "tropft", "riecht", "rieche", "riecht … gas", "gas", "smell")
    assert classified(text, case_types=types).case_type is None


@pytest.mark.parametrize(
    "text",
    [
        "Nicht nur ein Schaden!",
        "Nein, das geht nicht. Gas im Keller!",
        "Der Schaden ist nicht behoben",
        "The leak does not stop leaking",
        "I can't stand the smell",
        "Es riecht nach Gas, niemand ist verletzt",
        "Es riecht! Niemand ist verletzt.",
    ],
)
def test_a_denial_of_something_else_denies_no_trouble(text: str) -> None:
    types = only("schaden", "riecht", "gas", "smell", "leaking")
    assert classified(text, case_types=types).case_type == "x"


@pytest.mark.parametrize("text", ["keine Heizung", "kein Wasser", "nicht nur ein Schaden"])
def test_what_is_missing_is_not_denied(text: str) -> None:
    types = only("heizung", "wasser")
    assert classified(text, case_types=types).case_type == ("x" if "Schaden" not in text else None)


def test_who_is_flooded_with_letters_has_no_water_in_the_cellar() -> None:
    types = only("überschwemmt")
    assert classified("Der Keller ist überschwemmt und das Wasser steigt", case_types=types).case_type == "x"
    assert (
        classified("Wir werden mit Angeboten überschwemmt und bitten um Ruhe", case_types=types).case_type
        is None
    )


def test_what_is_over_counts_half_and_is_less_urgent() -> None:
    types = (a_case_type("x", evidence={"wasserhahn": 4}, urgency=2),)
    result = classified("Der Wasserhahn wurde gestern repariert.", case_types=types)
    assert (result.case_type, result.urgency, result.scores[0].score) == ("x", 3, 2)
    assert "less urgent" in result.steps[0].because


@pytest.mark.parametrize(
    "text",
    [
        "Der Wasserhahn muss repariert werden.",
        "Der Wasserhahn wurde nicht repariert.",
        "Wann wird der Wasserhahn repariert?",
        "Der Wasserhahn ist trotzdem noch kaputt, angeblich repariert.",
    ],
)
def test_what_shall_be_done_is_not_over(text: str) -> None:
    types = (a_case_type("x", evidence={"wasserhahn": 4}, urgency=2),)
    assert classified(text, case_types=types).urgency == 2


@pytest.mark.parametrize(
    ("text", "emergency"),
    [
        ("Hilfe, ein Rohrbruch!", True),
        ("Der Rohrbruch wurde letzte Woche behoben.", False),
        ("Letztes Jahr hatten wir einen Rohrbruch.", False),
        ("Seit letzter Woche kündigt sich ein Rohrbruch an, jetzt ist er da.", True),
        ("Was tun, falls ein Rohrbruch kommt?", False),
        ("Es ist kein Rohrbruch.", False),
        ("Der Rohrbruch vom Februar ist noch nicht abgerechnet.", False),
        ("We had a Rohrbruch last January.", False),
        ("In der Rechnung steht ein Posten zum Rohrbruch.", False),
        ("Die Rechnung zahle ich, aber hier ist ein Rohrbruch!", True),
        ("Im Februar war schon einer, jetzt wieder: Rohrbruch!", True),
        ("Letztes Jahr war ein Rohrbruch. Heute wieder: Rohrbruch!", True),
    ],
)
def test_only_what_happens_now_is_an_emergency(text: str, emergency: bool) -> None:
    types = (a_case_type("notfall", when=Words(("rohrbruch",)), emergency=True),)
    assert classified(text, case_types=types).emergency is emergency


def test_emergencies_are_tried_before_the_rules_above_them() -> None:
    types = (
        a_case_type("all", when=Always()),
        a_case_type("notfall", when=Words(("rohrbruch",)), emergency=True),
    )
    assert classified("Rohrbruch", case_types=types).case_type == "notfall"


def test_a_hint_decides_nothing_alone_and_a_long_text_needs_more() -> None:
    types = (a_case_type("x", evidence={"heizung": 4, "warm": 1}),)
    assert classified("Mir ist warm", case_types=types).case_type is None
    assert classified("Heizung", case_types=types).case_type == "x"
    assert classified("Heizung " + "bla " * 300, case_types=types).case_type is None


def test_an_old_subject_counts_half_also_where_nobody_says_that_it_is_a_reply() -> None:
    types = only("rechnung")
    assert classified("", "AW: Rechnung", types).scores[0].score == 0.5
    assert classified("", "Rechnung", types).scores[0].score == 2


# --- patterns of several words, and slips of the pen ------------------------------------------------------------


@pytest.mark.parametrize("text", ["Im Keller geht das Licht nicht.", "Die Lampen sind aus, im ganzen Flur"])
def test_both_words_of_a_sum_stand_in_one_sentence_in_any_order(text: str) -> None:
    assert classified(text, case_types=only("licht|lampe + keller|flur")).case_type == "x"


@pytest.mark.parametrize("text", ["Das Licht ist an. Im Keller ist es kalt.", "Licht und Lampe", "im Keller"])
def test_a_sum_needs_one_of_each_in_the_same_sentence(text: str) -> None:
    assert classified(text, case_types=only("licht|lampe + keller|flur")).case_type is None


@pytest.mark.parametrize("text", ["das WC", "das Klo", "unsere Toiletten"])
def test_one_of_several_words_is_enough(text: str) -> None:
    assert classified(text, case_types=only("wc|klo|toilette")).case_type == "x"


@pytest.mark.parametrize(
    "text", ["Schimel", "Schimmmel", "Schinmel", "schimelt", "die Mietminderrung", "Kuendigugn"]
)
def test_long_words_are_heard_with_a_slip_of_the_pen(text: str) -> None:
    types = only("schimmel", "mietminderung", "kündigung")
    assert classified(text, case_types=types).case_type == "x"


@pytest.mark.parametrize("text", ["Wimmel", "Schim", "eine Leistung"])
def test_other_words_are_no_slips(text: str) -> None:
    types = only("schimmel", "leitung", leistung=-1.0)
    assert classified(text, case_types=types).case_type is None


# --- what a pack has learned ------------------------------------------------------------------------------------


LEARNED = (
    a_case_type("heizung", evidence={"kalt": 2, "grad": 0.5}),
    a_case_type("wasser", evidence={"kalt": 1.5, "hahn": 2}),
    a_case_type("notfall", evidence={"gas": 2, "gestern": -2}, emergency=True, urgency=1),
)


def _learned(bar: float) -> Learned:
    bars = (("heizung", 1.0), ("wasser", 1.0), ("notfall", bar))
    return Learned("packs/p", bars, WordWeights({"newsletter": "* -3"}))


def of_a_pack(text: str, bar: float = -1.0) -> Classified:
    ruleset = replace(a_ruleset(case_types=LEARNED), learned=(_learned(bar),))
    return classify(compile_classifier(ruleset), a_message(text), a_sender(), an_envelope(), reply=False)


@pytest.mark.parametrize(
    ("text", "case_type"),
    [
        ("kalt, nur zehn Grad", "heizung"),
        ("kalt", None),  # 2 to 1.5 is no lead
        ("Grad", None),  # below the bar
        ("kalt, nur zehn Grad. Newsletter", None),
        ("am Hahn", "wasser"),
        ("Gas!", "notfall"),
        ("Grad Gas", "notfall"),  # 2 to 0.5
        ("Gas. Newsletter", None),
        ("gestern Gas", None),
        ("Es ist kein Gas. Am Hahn.", "wasser"),
    ],
)
def test_what_a_pack_has_learned_decides_by_its_own_bars(text: str, case_type: str | None) -> None:
    assert of_a_pack(text).case_type == case_type


@pytest.mark.parametrize("text", ["am Hahn. Gas!", "kalt, zehn Grad, nach Gas"])
def test_what_may_be_an_emergency_is_unclear_and_treated_as_one(text: str) -> None:
    """Decision 17: not far enough behind everything else is enough to wake somebody, and not enough to call it one."""
    found = of_a_pack(text)
    assert (found.case_type, found.emergency, found.urgency, found.likely) == (None, True, 1, "notfall")
    assert found.steps[0].verdict == "may be an emergency"


def test_what_is_more_likely_about_nothing_is_not_feared() -> None:
    assert not of_a_pack("Gas. Newsletter").emergency


def test_another_matter_that_is_far_before_an_emergency_is_none() -> None:
    found = of_a_pack("kalt am Hahn, nach Gas")
    assert (found.case_type, found.emergency) == ("wasser", False)


@pytest.mark.parametrize("bar", [-1.0, 0.9, 5.0])
def test_an_emergency_that_is_clearly_before_everything_else_is_one_whatever_its_number(bar: float) -> None:
    assert of_a_pack("Gas! Grad", bar).case_type == "notfall"


def test_who_says_another_thing_three_times_has_no_smaller_emergency() -> None:
    rules = replace(a_ruleset(case_types=LEARNED), learned=(_learned(-1.0),))
    mail = a_message("Die Kälte: kalt ist es. Im Keller ist Gas.", "kalt")
    found = classify(compile_classifier(rules), mail, a_sender(), an_envelope(), reply=False)
    assert (found.case_type, found.emergency) == (None, True)


def test_an_emergency_that_is_the_best_but_neither_clear_nor_feared_is_unclear() -> None:
    cold, gas = (
        a_case_type("kaelte", evidence={"kalt": 2}),
        replace(LEARNED[2], evidence=(Evidence("gas", 2.5),)),
    )
    learned = Learned("packs/p", (("kaelte", 1.0), ("notfall", 5.0)), WordWeights())
    rules = replace(a_ruleset(case_types=(cold, gas)), learned=(learned,))
    mail = a_message("Gas, kalt")
    found = classify(compile_classifier(rules), mail, a_sender(), an_envelope(), reply=False)
    assert (found.case_type, found.emergency) == (None, False)


def test_no_more_than_the_loudest_words_are_quoted() -> None:
    words = {f"wort{letter * 3}": 1.0 + index for index, letter in enumerate("abcdefghijkl")}
    result = classified(" ".join(words), case_types=(a_case_type("x", evidence=words),))
    assert result.scores[0].because.count("text") == 8
    assert "wortaaa" not in result.scores[0].because
    assert "wortlll" in result.scores[0].because
