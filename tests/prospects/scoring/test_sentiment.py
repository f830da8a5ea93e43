"""The feeling of texts about companies, held by sentences whose meaning is beyond doubt."""

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from prospects.scoring.finance_words import PHRASES, PLAIN_WORDS, TERMS
from prospects.scoring.sentiment import LONGEST_TEXT, Tone, sentiment_of, tone_of

CLEARLY_POSITIVE = [
    "beats earnings and raises guidance",
    "Acme beats third-quarter estimates and lifts full-year outlook",
    "Losses narrow at Acme as costs fall",
    "Acme returns to profit",
    "Acme posts record revenue and record backlog",
    "Acme raises $40 million in Series B funding",
    "Acme wins $12 million Navy contract",
    "Acme pays down debt ahead of schedule",
    "Analysts upgrade Acme, stock jumps",
    "Acme hikes its quarterly dividend by 10%",
    "Better-than-expected earnings send shares soaring",
    "Acme secures $5m of financing",
]
CLEARLY_NEGATIVE = [
    "Shares fall after profit warning",
    "Acme cuts full-year guidance as demand weakens",
    "Acme files for Chapter 11 bankruptcy protection",
    "Acme's loss widens on impairment charge",
    "Acme swings to a loss",
    "Acme to cut 200 jobs",
    "Acme closes two plants",
    "Acme fined after explosion at plant",
    "Acme loses key contract",
    "Auditor raises going-concern doubt about Acme",
    "Acme shares fall short of estimates",
    "Acme's debt rises",
    "Acme hit by class action over data breach",
    "Acme suspends dividend",
    "Acme warns of weaker sales",
    "SEC opens investigation into Acme over accounting irregularities",
    "Acme profit rises but outlook is cut",
]
NEUTRAL = [
    "",
    "Acme to hold annual general meeting in May",
    "Acme names Jane Doe chief financial officer",
    "Acme moves its head office to Albany",
    "Acme results in line with expectations",
    "Acme Energy Trust shares interest in United Securities",
    "Secured party and debtor file a financing statement for gross assets",
    "数字だけの見出し 2026",
]


@pytest.mark.parametrize("text", CLEARLY_POSITIVE)
def test_good_news_is_clearly_positive(text: str) -> None:
    assert sentiment_of(text) > 0.4


@pytest.mark.parametrize("text", CLEARLY_NEGATIVE)
def test_bad_news_is_clearly_negative(text: str) -> None:
    assert sentiment_of(text) < -0.4


@pytest.mark.parametrize("text", NEUTRAL)
def test_news_without_a_side_is_neutral(text: str) -> None:
    assert sentiment_of(text) == 0


def test_a_denial_turns_the_meaning_round() -> None:
    assert sentiment_of("Acme did not miss estimates") > 0 > sentiment_of("Acme did not beat estimates")


def test_two_kinds_of_news_weigh_against_each_other() -> None:
    both = sentiment_of("Acme beats estimates while its debt rises")

    assert sentiment_of("Its debt rises") < both < sentiment_of("Acme beats estimates")


def test_capitals_throughout_are_no_emphasis() -> None:
    text = "Shares fall after profit warning"

    assert sentiment_of(text.upper()) == sentiment_of(text)


def test_the_companys_own_name_is_no_opinion() -> None:
    assert sentiment_of("Best Buy to publish results on Tuesday") > 0
    assert sentiment_of("Best Buy to publish results on Tuesday", about="BEST BUY") == 0
    assert sentiment_of("Best-Buy to publish results on Tuesday", about="Best Buy, Inc.") == 0
    assert sentiment_of("Best Buy fined", about="Best Buy Ltd") == sentiment_of("It fined") < 0
    assert sentiment_of("Best Buy", about=" & ") == sentiment_of("Best Buy")
    assert sentiment_of("Best Buyers rejoice", about="Best Buy") == sentiment_of("Best Buyers rejoice")


@pytest.mark.parametrize(
    ("score", "tone"),
    [(1, Tone.POSITIVE), (0.05, Tone.POSITIVE), (0.049, Tone.NEUTRAL), (-0.049, Tone.NEUTRAL), (-0.05, Tone.NEGATIVE)],
)
def test_a_score_has_a_tone(score: float, tone: Tone) -> None:
    assert tone_of(score) is tone


def test_a_score_never_leaves_its_range_and_only_the_beginning_is_read() -> None:
    dreadful = "bankruptcy fraud default " * 500

    assert -1 <= sentiment_of(dreadful) < -0.99
    assert sentiment_of(("x " * LONGEST_TEXT) + dreadful) == 0


def test_the_word_lists_change_something_and_do_not_contradict_each_other() -> None:
    lexicon = SentimentIntensityAnalyzer().lexicon

    assert [word for word in PLAIN_WORDS if word not in lexicon] == []
    assert [word for word, valence in TERMS.items() if lexicon.get(word) == valence] == []
    assert PLAIN_WORDS.isdisjoint(TERMS)
    assert [phrase.token for phrase in PHRASES if phrase.token in lexicon] == []
    assert all(-4 <= valence <= 4 for valence in [*TERMS.values(), *(phrase.valence for phrase in PHRASES)])
