"""The bundled sample of every source: made-up facts about made-up companies and people.

Only what is a sample itself, as its row says, is ever answered so; a real company gets nothing invented. The same
subject always gets the same answers, counted from the day they are asked for.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from .. import facts
from ..facts import FactValue
from ..names import core_of, name_key
from .subjects import Subject

_TITLES = ("Chief Financial Officer", "Head of Operations", "Owner", "Controller", "Fleet Manager")
_SKILLS = ("accounting", "purchasing", "logistics", "negotiation", "leasing", "planning")
_STANDARDS = ("19100147", "19100212", "19260501", "19101200")
_VIOLATIONS = ("S", "S", "O", "O", "O", "R", "W")


def told(provider: str, subject: Subject) -> list[FactValue]:
    """What the sample of this source says about a sample; an empty list where it has nothing, as real ones often do."""
    teller = _TELLERS.get(provider)
    if teller is None:
        return []
    name = name_key(subject.name or getattr(subject, "linkedin_slug", "") or getattr(subject, "email", ""))
    # No secret: the same name must give the same numbers.
    chance = random.Random(f"{provider} {name}")  # noqa: S311
    return [FactValue(name=name, value=value) for name, value in teller(subject, chance, timezone.now().date()).items()]


Told = dict[str, Any]


def _wikidata(subject: Any, chance: random.Random, today: date) -> Told:
    if chance.random() < 0.5:
        return {}
    trade = core_of(subject.name).title().split()[-1]
    return {
        facts.EMPLOYEES: int(10 ** chance.uniform(0.7, 3.3)),
        facts.INDUSTRY: trade,
        facts.FOUNDED_YEAR: chance.randint(1950, today.year - 2),
    }


def _companies_house(subject: Any, chance: random.Random, today: date) -> Told:
    founded = today - timedelta(days=chance.randint(700, 15_000))
    return {
        facts.REGISTERED_NAME: subject.name.upper(),
        facts.REGISTRATION_NUMBER: f"SX{chance.randint(0, 999_999):06}",
        facts.STATUS: "active",
        facts.FOUNDED_ON: founded.isoformat(),
        facts.INDUSTRY_CODES: [str(chance.randint(10_000, 99_999))],
        facts.HAS_CHARGES: chance.random() < 0.4,
        facts.HAS_INSOLVENCY: chance.random() < 0.05,
    }


def _google_places(subject: Any, chance: random.Random, today: date) -> Told:
    return {facts.PLACE_ID: f"sample-{chance.getrandbits(48):012x}"}


def _osha(subject: Any, chance: random.Random, today: date) -> Told:
    inspections = [_ago(chance, today, 2000) for _ in range(chance.choice((0, 0, 1, 2, 3)))]
    inspected = sorted(inspections, reverse=True)
    violations = [
        {
            "type": chance.choice(_VIOLATIONS),
            "issuedOn": _ago(chance, today, 1800),
            "penalty": f"{chance.randint(0, 15_000)}.00",
            "standard": chance.choice(_STANDARDS),
            "activity": f"SAMPLE-{number}",
            "citation": f"0100{number}",
        }
        for number, _ in enumerate(inspected, start=1)
    ]
    return {
        facts.INSPECTIONS: [
            {"activity": f"SAMPLE-{number}", "openedOn": opened, "type": "planned", "state": subject.region}
            for number, opened in enumerate(inspected, start=1)
        ],
        facts.VIOLATIONS: sorted(violations, key=lambda one: str(one["issuedOn"]), reverse=True),
    }


def _usaspending(subject: Any, chance: random.Random, today: date) -> Told:
    awards = [
        {
            "id": f"SAMPLE-{chance.randint(0, 999_999):06}",
            "amount": f"{chance.randint(20, 4000) * 1000}.00",
            "startOn": _ago(chance, today, 700),
            "recipient": subject.name,
            "url": "",
        }
        for _ in range(chance.choice((0, 0, 0, 1, 2)))
    ]
    return {facts.AWARDS: sorted(awards, key=lambda one: str(one["startOn"]), reverse=True)} if awards else {}


def _gdelt(subject: Any, chance: random.Random, today: date) -> Told:
    name = subject.name
    stories = (
        f"{name} wins county contract",
        f"{name} names new chief financial officer",
        f"{name} raises $4 million for new site",
        f"{name} to hire 60 workers",
        f"{name} reports steady quarter",
        f"Neighbours complain about {name}",
    )
    chosen = chance.sample(stories, k=chance.choice((0, 1, 1, 2)))
    told = [
        {
            "title": title,
            "url": f"https://news.example/{chance.getrandbits(32):08x}",
            "publishedAt": f"{_ago(chance, today, 80)}T09:00:00+00:00",
            "source": "news.example",
        }
        for title in chosen
    ]
    return {facts.ARTICLES: sorted(told, key=lambda one: one["publishedAt"], reverse=True)} if told else {}


def _people(subject: Any, chance: random.Random, today: date) -> Told:
    return {
        facts.JOB_TITLE: chance.choice(_TITLES),
        facts.EMPLOYER: subject.employer,
        facts.SKILLS: sorted(chance.sample(_SKILLS, k=3)),
        facts.LOCATION: "Sampleton",
    }


def _ago(chance: random.Random, today: date, most_days: int) -> str:
    return (today - timedelta(days=chance.randint(1, most_days))).isoformat()


_TELLERS: dict[str, Callable[[Any, random.Random, date], Told]] = {
    "wikidata": _wikidata,
    "companies-house": _companies_house,
    "google-places": _google_places,
    "osha": _osha,
    "usaspending": _usaspending,
    "gdelt": _gdelt,
    "people-data-labs": _people,
}
