"""What words mean in news about companies, where a general lexicon of sentiment is silent or wrong.

Valences run from -4 to 4, as VADER's do. A pattern stands for a phrase whose meaning its words do not
have one by one: losses that narrow are good news, debts that rise are not.
"""

import re
from dataclasses import dataclass
from functools import cache

#: Words that have another meaning, or none, for VADER.
TERMS: dict[str, float] = {
    # Results
    **dict.fromkeys(("beat", "beats", "outperform", "outperforms", "outperformed", "surpass", "surpassed"), 2.0),
    **dict.fromkeys(("surpasses", "exceed", "exceeds", "exceeded", "tops", "topped"), 2.0),
    **dict.fromkeys(("miss", "misses", "missed", "shortfall", "shortfalls", "underperform", "underperforms"), -2.0),
    **dict.fromkeys(("profitable", "profitability", "upbeat", "accretive", "oversubscribed"), 1.8),
    **dict.fromkeys(("unprofitable", "downbeat", "dilutive", "overvalued"), -1.6),
    # Direction
    **dict.fromkeys(("surge", "surges", "surged", "soar", "soars", "soared", "skyrocket", "skyrockets"), 2.2),
    **dict.fromkeys(
        ("rally", "rallies", "rallied", "rebound", "rebounds", "rebounded", "jump", "jumps", "jumped"), 1.8
    ),
    **dict.fromkeys(("rise", "rises", "rose", "climb", "climbs", "climbed", "expanded"), 1.3),
    **dict.fromkeys(
        ("accelerate", "accelerates", "accelerating", "expansion", "momentum", "tailwind", "tailwinds"), 1.3
    ),
    **dict.fromkeys(("plunge", "plunges", "plunged", "plummet", "plummets", "plummeted", "tumble", "tumbles"), -2.4),
    **dict.fromkeys(("tumbled", "slump", "slumps", "slumped", "sink", "sinks", "sank", "crater", "craters"), -2.2),
    **dict.fromkeys(("fall", "falls", "fell", "slide", "slides", "slid", "drop", "drops", "dropped"), -1.5),
    **dict.fromkeys(("decline", "declines", "declined", "declining", "slowdown", "headwind", "headwinds"), -1.4),
    **dict.fromkeys(("dip", "dips", "dipped", "soften", "softens", "softening", "slows", "slowing"), -1.0),
    # Views
    **dict.fromkeys(("bullish", "upgrade", "upgrades", "upgraded"), 2.0),
    **dict.fromkeys(("bearish", "downgrade", "downgrades", "downgraded"), -2.0),
    **dict.fromkeys(("warns", "warn", "warned"), -1.6),
    # Distress
    **dict.fromkeys(("bankruptcy", "bankruptcies", "insolvency", "insolvent", "receivership", "liquidation"), -3.4),
    **dict.fromkeys(("default", "defaults", "defaulted", "delisted", "delisting", "foreclosure", "foreclosed"), -2.8),
    **dict.fromkeys(("layoff", "layoffs", "furlough", "furloughs", "redundancies", "downsizing"), -2.2),
    **dict.fromkeys(("writedown", "write-down", "writedowns", "impairment", "impairments", "writeoff"), -2.0),
    **dict.fromkeys(("restatement", "restates", "restated", "delinquent", "delinquencies", "overdue"), -2.0),
    **dict.fromkeys(("lien", "liens", "levy", "garnishment"), -1.4),
    # Law and safety
    **dict.fromkeys(("lawsuit", "lawsuits", "sues", "sued", "litigation", "subpoena", "subpoenaed"), -2.0),
    **dict.fromkeys(("probe", "probes", "probed", "investigation", "investigations", "antitrust"), -1.8),
    **dict.fromkeys(("fine", "fines", "fined", "penalised", "penalized", "sanctioned"), -2.0),
    **dict.fromkeys(("indicted", "indictment", "embezzlement", "misconduct", "whistleblower"), -2.8),
    **dict.fromkeys(("recall", "recalls", "recalled", "breach", "breached", "hacked", "ransomware", "outage"), -1.9),
    **dict.fromkeys(("explosion", "spill", "spills", "fatality", "fatalities"), -2.4),
    # Business
    **dict.fromkeys(("buyback", "buybacks", "turnaround", "breakthrough", "milestone", "landmark"), 1.7),
    **dict.fromkeys(("hiring", "hires", "partnership", "partners", "launches", "unveils"), 0.9),
    **dict.fromkeys(("closure", "closures", "shutters", "shuttered", "shutdown", "halts", "halted"), -1.8),
    **dict.fromkeys(("delays", "postpones", "postponed", "terminates", "terminated", "scrapped"), -1.4),
}

#: Words to which VADER gives a feeling that they do not have in the language of business.
PLAIN_WORDS: frozenset[str] = frozenset(
    "active asset assets care commitment commitments committed credit credits crude debt demand "
    "energy engage free gross huge intelligence interest interested interests liability liabilities like matter "
    "matters natural number party pay play please secure secured securities security share shared shares "
    "sharing significant top trust united value values vision well yes".split()
)


@dataclass(frozen=True)
class Phrase:
    """pattern: of text in any case; what it matches becomes one word of this valence."""

    token: str
    valence: float
    pattern: str


_UP = r"(?:rais(?:e|es|ed|ing)|lift(?:s|ed)?|boost(?:s|ed)?|hik(?:e|es|ed)|increas(?:e|es|ed)|upgrad(?:e|es|ed))"
_DOWN = (
    r"(?:cut(?:s|ting)?|lower(?:s|ed)?|slash(?:es|ed)?|trim(?:s|med)?|reduc(?:e|es|ed)|withdr(?:aws?|ew)"
    r"|suspend(?:s|ed)?|scrap(?:s|ped)?)"
)
_RISE = (
    r"(?:ris(?:e|es|ing)|rose|climb(?:s|ed)?|surg(?:e|es|ed)|soar(?:s|ed)?|jump(?:s|ed)?|gr[eo]ws?|increas(?:e|es|ed))"
)
_FALL = r"(?:fall(?:s|ing)?|fell|declin(?:e|es|ed)|drop(?:s|ped)?|eas(?:e|es|ed)|shr[ia]nks?|narrow(?:s|ed)?)"
#: Up to four words between a verb and its object that leave the meaning alone.
_FILL = (
    r"(?:(?:its|their|the|a|an|full[- ]year|annual|quarterly|interim|final|net|total|earnings|profit|revenue|sales"
    r"|price|growth|dividend|key|major|new|seed"
    r"|second|third|two|three|four|five|six|seven|eight|nine|ten|fy\d{0,4}|q[1-4]|20\d\d"
    r"|long[- ]term|another|about|more than|up to|over|around|some"
    r"|[$£€]?\d[\d.,]*%?|million|billion|hundreds of|thousands of) ){0,4}"
)
_GUIDANCE = r"(?:guidance|outlook|forecasts?|targets?|dividends?|estimates?|expectations?)"
_EXPECTED = r"(?:estimates?|expectations?|forecasts?|consensus|targets?)"
_RESULTS = r"(?:profits?|sales|revenues?|earnings)"
_LOSSES = r"(?:loss(?:es)?)"
_BURDENS = r"(?:debts?|loss(?:es)?|deficits?|costs?|leverage|borrowings|delinquencies|churn)"
_TURNED = r"(?:returns?|returned|swings?|swung|falls?|fell|slips?|slipped|back) (?:to|into|in)"
_MONEY = r"(?:[$£€]\d[\d.,]* ?(?:k|m|mn|bn|b|million|billion)?|series [a-g]|funding|financing|investment)"
_SITES = r"(?:plants?|stores?|factor(?:y|ies)|sites?|branches|offices?|warehouses?|headquarters)"

#: In order: what an earlier pattern took, a later one does not see.
PHRASES: tuple[Phrase, ...] = (
    Phrase("profit_warning", -2.9, r"(?:profits?|sales|revenue|earnings) warnings?"),
    Phrase("warned_of_results", -2.6, rf"warn(?:s|ed)? (?:on|of|about|over) {_FILL}(?:{_RESULTS}|{_LOSSES})"),
    Phrase("concerns_raised", -1.8, rf"{_UP} {_FILL}(?:concerns?|doubts?|questions?|alarms?)"),
    Phrase("guidance_raised", 2.7, rf"{_UP} {_FILL}{_GUIDANCE}|{_GUIDANCE} (?:is |was )?(?:raised|lifted|increased)"),
    Phrase("guidance_cut", -2.7, rf"{_DOWN} {_FILL}{_GUIDANCE}|{_GUIDANCE} (?:is |was )?(?:cut|lowered|withdrawn)"),
    Phrase("in_line", 0.0, rf"(?:in line with|meets?|met) {_FILL}{_EXPECTED}"),
    Phrase("below_estimates", -2.4, rf"(?:fall(?:s|ing)?|fell) short(?: of)?|below {_FILL}{_EXPECTED}"),
    Phrase("above_estimates", 2.2, rf"(?:above|ahead of) {_FILL}{_EXPECTED}"),
    Phrase("better_than_expected", 2.2, r"(?:better|stronger|higher)[- ]than[- ](?:expected|forecast)"),
    Phrase("worse_than_expected", -2.3, r"(?:worse|weaker|lower|slower)[- ]than[- ](?:expected|forecast)"),
    Phrase("jobs_cut", -2.3, rf"{_DOWN} {_FILL}(?:jobs|workforce|staff|headcount|positions)|job (?:cuts|losses)"),
    Phrase(
        "burden_eased", 1.9, rf"(?:{_DOWN}|narrow(?:s|ed)?|repa(?:ys|id)|pa(?:ys|id) (?:down|off)) {_FILL}{_BURDENS}"
    ),
    Phrase("losses_narrow", 1.9, rf"{_BURDENS} {_FALL}"),
    Phrase("losses_widen", -2.5, rf"{_BURDENS} (?:{_RISE}|widen(?:s|ed)?|deepen(?:s|ed)?|mount(?:s|ed)?)"),
    Phrase("wider_loss", -2.4, rf"(?:widen(?:s|ed)?|wider|bigger|larger|deeper) {_FILL}{_LOSSES}"),
    Phrase("back_in_profit", 2.3, rf"{_TURNED} (?:a )?(?:profits?|profitability|growth)"),
    Phrase("back_in_loss", -2.5, rf"{_TURNED} (?:a |the )?(?:net )?(?:loss|red)"),
    Phrase(
        "record_result", 2.2, rf"record (?:{_RESULTS}|orders|quarter|backlog|results|highs?|year|bookings|margins?)"
    ),
    Phrase("record_loss", -2.9, rf"record (?:net |annual |quarterly )?(?:{_LOSSES}|lows?|fines?|outflows)"),
    Phrase("money_raised", 2.0, rf"(?:rais(?:e|es|ed)|secur(?:e|es|ed)|clos(?:e|es|ed)|land(?:s|ed)?) {_FILL}{_MONEY}"),
    Phrase("site_closed", -2.0, rf"(?:clos(?:e|es|ing)|shut(?:s|ting)?(?: down)?|mothball(?:s|ed)?) {_FILL}{_SITES}"),
    Phrase("site_opened", 1.4, rf"open(?:s|ed|ing)? {_FILL}{_SITES}"),
    Phrase("chapter_eleven", -3.5, r"chapter (?:7|11|13|15)|creditor protection|winding[- ]up"),
    Phrase("in_administration", -3.3, r"(?:enters?|entered|falls? into|fell into|goes into|in) administration"),
    Phrase("going_concern", -3.0, r"going[- ]concern(?: doubts?)?|substantial doubt"),
    Phrase("class_action", -2.2, r"class[- ]action(?: suits?| lawsuits?)?|(?:accused|charged) (?:of|with)"),
    Phrase("control_failure", -2.4, r"material weakness(?:es)?|cease[- ]and[- ]desist|accounting irregularities"),
    Phrase("short_seller", -2.0, r"short[- ]sellers?"),
    Phrase("steps_down", -1.0, r"step(?:s|ped|ping)? down|resign(?:s|ed)?|ousted"),
    Phrase("contract_lost", -2.2, rf"los(?:e|es|t|ing) {_FILL}(?:contracts?|customers?|clients?|deals?|accounts?)"),
)


@cache
def patterns() -> tuple[tuple[re.Pattern[str], Phrase], ...]:
    """Of PHRASES, compiled for the first text: it takes long, and most processes read none."""
    return tuple((re.compile(rf"(?<![\w-])(?:{phrase.pattern})(?![\w-])", re.IGNORECASE), phrase) for phrase in PHRASES)
