"""The site's own model may order the candidates of an unclear mail, and nothing else."""

from dataclasses import replace

from mailroute.model.decision import Classified
from mailroute.model.ruleset import Ruleset, SiteModel
from mailroute.model.weights import WordWeights
from mailroute.routing.classify import classify, compile_classifier
from mailroute.routing.learned_order import FEATURE
from tests.support.factories import a_case_type, a_message, a_ruleset, a_sender, an_envelope

# One word for two things: neither is clear.
HEIZUNG = a_case_type("heizung", evidence={"warm": 2.0})
WASSER = a_case_type("wasser", evidence={"warm": 2.0})
MODEL = SiteModel(
    "0a1b2c3d",
    before=(("heizung", -1.0), ("wasser", -1.0)),
    words=WordWeights({"dusche": "wasser 2.5", "kommt": "wasser 0.5", "thermostat": "heizung 2.0"}),
)


def ruleset(*, model: SiteModel | None = MODEL, features: tuple[str, ...] = (FEATURE,)) -> Ruleset:
    plain = a_ruleset(case_types=(HEIZUNG, WASSER))
    return replace(plain, site_model=model, organisation=replace(plain.organisation, features=features))


def classified(text: str, rules: Ruleset) -> Classified:
    return classify(compile_classifier(rules), a_message(text), a_sender(), an_envelope(), reply=False)


def ids(found: Classified) -> list[str]:
    return [one.id for one in found.scores]


def test_an_unclear_mail_is_ordered_and_the_strongest_words_say_why() -> None:
    found = classified("In der Dusche kommt nichts Warmes", ruleset())
    assert found.case_type is None
    assert ids(found) == ["wasser", "heizung"]
    step = found.steps[-1]
    assert (step.verdict, step.rule) == ("ordered", "model.csv (0a1b2c3d)")
    assert step.because == (
        "as closed tickets of this house were: wasser 2.0 (dusche +2.5, kommt +0.5), then heizung -1.0"
    )


def test_without_the_switch_or_the_model_all_is_as_before() -> None:
    text = "In der Dusche kommt nichts Warmes"
    for rules in (ruleset(features=()), ruleset(model=None)):
        found = classified(text, rules)
        assert ids(found) == ["heizung", "wasser"]
        assert [step.verdict for step in found.steps] == ["unclear", "clear enough whose it is"]


def test_what_evidence_decides_no_model_touches() -> None:
    clear = replace(
        HEIZUNG, evidence=(*HEIZUNG.evidence, *a_case_type("x", evidence={"heizkoerper": 9.0}).evidence)
    )
    rules = replace(ruleset(), case_types=(clear, WASSER))
    found = classified("Der Heizkörper wird nicht warm, die Dusche schon, es kommt", rules)
    assert found.case_type == "heizung"
    assert all(step.verdict != "ordered" for step in found.steps)


def test_the_model_adds_no_candidate_and_orders_none_that_it_does_not_know() -> None:
    only_one = replace(
        MODEL, before=(("wasser", -1.0), ("aufzug", 9.0)), words=WordWeights({"dusche": "aufzug 9.0"})
    )
    assert ids(classified("In der Dusche kommt nichts Warmes", ruleset(model=only_one))) == [
        "heizung",
        "wasser",
    ]
    assert ids(classified("Die Dusche", ruleset())) == []
