"""The feeling of a text about a company, from -1 to 1, by rules and word lists alone.

VADER knows grammar (negation, emphasis, "but") and everyday words; finance_words.py adds those of business.
The same text always has the same score: no model, no network.
"""

import re
from enum import StrEnum
from functools import cache, lru_cache, partial

from cleanco import basename
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from .finance_words import PHRASES, PLAIN_WORDS, TERMS, Phrase, patterns

#: Characters read of one text. The beginning of an article says what it is about, and VADER's time
#: grows with the square of the number of words.
LONGEST_TEXT = 5_000
#: Closer to zero than this is neutral: VADER's own threshold.
NEUTRAL_WITHIN = 0.05


class Tone(StrEnum):
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


def sentiment_of(text: str, *, about: str = "") -> float:
    """The text's score, -1 to 1 in steps of 0.0001; 0 for an empty one.

    about: the company's name, whose words are no opinion ("Best Buy" is not praise); also without its form.
    """
    text = text[:LONGEST_TEXT]
    if name := _name(about):
        text = name.sub("it", text)
    for pattern, phrase in patterns():
        text = pattern.sub(partial(_joined, phrase), text)
    return float(_analyser().polarity_scores(text)["compound"])


def tone_of(score: float) -> Tone:
    """In one word what a score says."""
    if abs(score) < NEUTRAL_WITHIN:
        return Tone.NEUTRAL
    return Tone.POSITIVE if score > 0 else Tone.NEGATIVE


@lru_cache(maxsize=1024)
def _name(about: str) -> re.Pattern[str] | None:
    """The name as headlines write it: any punctuation between its words, often without Inc. or Ltd."""
    spellings = [re.findall(r"[^\W_]+", name) for name in (about, basename(about))]
    patterns = [r"[\W_]+".join(map(re.escape, words)) for words in spellings if words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) if patterns else None


def _joined(phrase: Phrase, match: re.Match[str]) -> str:
    # Capitals are emphasis to VADER only where the rest of the text has none.
    return phrase.token.upper() if match[0].isupper() else phrase.token


@cache
def _analyser() -> SentimentIntensityAnalyzer:
    """Loaded once: reading the lexicon takes longer than a thousand headlines."""
    analyser = SentimentIntensityAnalyzer()
    for word in PLAIN_WORDS:
        analyser.lexicon.pop(word, None)
    analyser.lexicon.update(TERMS)
    analyser.lexicon.update({phrase.token: phrase.valence for phrase in PHRASES})
    return analyser
