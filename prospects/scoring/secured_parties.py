"""What kind of creditor a secured party is, told from its name and the register's word for the lien.

The classes are tried in order; the first pattern that is found decides. The order carries meaning:
a bank that acts "as agent" is an agent, and "LEAF Capital Funding" leases equipment, so equipment is
asked before cash advances.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from ..names import name_key


class SecuredClass(StrEnum):
    """In the order in which they are asked. JUDGMENT comes from the lien's type alone."""

    TAX = "tax"
    JUDGMENT = "judgment"
    SBA = "sba"
    FINTECH = "fintech"
    EQUIPMENT = "equipment"
    MCA = "mca"
    REPRESENTATIVE = "representative"
    FACTORING = "factoring"
    AGENT = "agent"
    ABL = "abl"
    BANK = "bank"
    OTHER = "other"


LABELS = {
    SecuredClass.TAX: "Tax lien",
    SecuredClass.JUDGMENT: "Judgment",
    SecuredClass.SBA: "Small Business Administration",
    SecuredClass.FINTECH: "Online lender",
    SecuredClass.EQUIPMENT: "Equipment finance",
    SecuredClass.MCA: "Merchant cash advance",
    SecuredClass.REPRESENTATIVE: "Filed by a representative",
    SecuredClass.FACTORING: "Factoring",
    SecuredClass.AGENT: "Agent of several lenders",
    SecuredClass.ABL: "Asset-based lender",
    SecuredClass.BANK: "Bank",
    SecuredClass.OTHER: "Other creditor",
}


def class_of_party(name: str) -> SecuredClass:
    """Of a secured party, by its name alone."""
    return _class_of_key(name_key(name))


def class_of_lien(lien_type: str, secured_names: Iterable[str]) -> SecuredClass:
    """Of a lien: what the register calls it, else the first class, in order, among its secured parties."""
    words = re.sub(r"[\W_]+", " ", lien_type.upper())
    for found, pattern in _LIEN_TYPES:
        if pattern.search(words):
            return found
    classes = {class_of_party(name) for name in secured_names}
    return next((kind for kind in SecuredClass if kind in classes), SecuredClass.OTHER)


@lru_cache(maxsize=65_536)
def _class_of_key(key: str) -> SecuredClass:
    for found, pattern in _PATTERNS:
        if pattern.search(key):
            return found
    return SecuredClass.OTHER


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b")


_LIEN_TYPES = (
    (SecuredClass.TAX, _any("IRS", "TAX", "REVENUE")),
    (SecuredClass.JUDGMENT, _any("JUDGE?MENT", "JUDGE?MENTS")),
)

# Names as prospects/names.py writes them: capitals, no punctuation, & as AND.
_PATTERNS: tuple[tuple[SecuredClass, re.Pattern[str]], ...] = (
    (
        SecuredClass.TAX,
        _any(
            *("IRS", "INTERNAL REVENUE", "REVENUE SERVICES?", "DEP(?:ARTMEN)?T OF REVENUE", "REVENUE DEPARTMENT"),
            *("DEPARTMENT OF TAXATION", "TAX(?:ATION)? AND FINANCE", "TAX AND FEE ADMINISTRATION", "FRANCHISE TAX"),
            *("TAX COLLECTOR", "TAX COMMISSION", "COMPTROLLER OF PUBLIC ACCOUNTS", "BOARD OF EQUALIZATION"),
            *("EMPLOYMENT DEVELOPMENT DEP(?:ARTMEN)?T", "WORKFORCE COMMISSION", "UNEMPLOYMENT INSURANCE"),
            *("DEPARTMENT OF LABOR", "COMMISSIONER OF TAXATION", "DEPARTMENT OF TREASURY", "DIVISION OF TAXATION"),
        ),
    ),
    (SecuredClass.SBA, _any("SMALL BUSINESS ADMIN(?:ISTRATION)?", "SBA")),
    (
        SecuredClass.FINTECH,
        _any(
            *(
                "FINTECH",
                "ON ?DECK",
                "ODK CAPITAL",
                "KABBAGE",
                "BLUEVINE",
                "FUNDBOX",
                "FUNDING CIRCLE",
                "FC MARKETPLACE",
            ),
            *("LENDING ?CLUB", "SQUARE (?:CAPITAL|FINANCIAL)", "SHOPIFY", "PAYPAL", "LOANBUILDER", "SWIFT FINANCIAL"),
            *(
                "STRIPE",
                "AMAZON CAPITAL",
                "INTUIT FINANCING",
                "HEADWAY CAPITAL",
                "IOU (?:FINANCIAL|CENTRAL)",
                "WEBBANK",
            ),
            *(
                "CLEARBANC",
                "CLEARCO",
                "CAPCHASE",
                "WAYFLYER",
                "BREX",
                "RAMP BUSINESS",
                "FUNDATION",
                "LENDISTRY",
                "BIZ2CREDIT",
            ),
            *(
                "STREETSHARES",
                "ABLE LENDING",
                "UPLYFT",
                "PROSPER FUNDING",
                "FUNDERA",
                "BEHALF",
                "C2FO",
                "SETTLE FUNDING",
            ),
        ),
    ),
    (
        SecuredClass.EQUIPMENT,
        _any(
            *("EQUIPMENT", "LEASING", "LEASES?", "MACHINERY", "TRACTORS?", "VENDOR (?:FINANCE|FINANCIAL|SERVICES)"),
            *(
                "LEAF CAPITAL",
                "ASCENTIUM",
                "DE LAGE LANDEN",
                "DLL FINANCE",
                "GREATAMERICA",
                "MARLIN (?:LEASING|BUSINESS)",
            ),
            *("PEAC SOLUTIONS", "NAVITAS", "BALBOA CAPITAL", "TIMEPAYMENT", "AMUR", "SIGNATURE FINANCIAL", "VARILEASE"),
            *(
                "DEERE",
                "CATERPILLAR FINANCIAL",
                "KOMATSU FINANCIAL",
                "KUBOTA",
                "CNH INDUSTRIAL",
                "AGCO FINANCE",
                "VFS US",
            ),
            *("PACCAR FINANCIAL", "DAIMLER TRUCK", "MERCEDES BENZ FINANCIAL", "NAVISTAR", "TOYOTA INDUSTRIES", "NMHG"),
            *("CROWN CREDIT", "ALTEC CAPITAL", "XEROX FINANCIAL", "CANON FINANCIAL", "KONICA MINOLTA", "PITNEY BOWES"),
            *("DELL FINANCIAL", "HEWLETT PACKARD FINANCIAL", "CISCO SYSTEMS CAPITAL", "IBM CREDIT", "GE HFS"),
            *("HITACHI CAPITAL", "MITSUBISHI HC CAPITAL", "SIEMENS FINANCIAL", "STRYKER", "PHILIPS MEDICAL CAPITAL"),
            *(
                "VOLVO FINANCIAL",
                "MACK FINANCIAL",
                "BOBCAT",
                "JCB FINANCE",
                "HYUNDAI CONSTRUCTION",
                "UNITED RENTALS",
                "TCF CAPITAL",
            ),
        ),
    ),
    (
        SecuredClass.MCA,
        _any(
            *(
                "MERCHANT (?:CASH|FUNDING|ADVANCE|CAPITAL|SOURCE)S?",
                "CASH ADVANCES?",
                "DAILY FUNDING",
                "BUSINESS ADVANCES?",
            ),
            *("MERCHANT SOLUTIONS", "MCA", "SMALL BUSINESS FINANCIAL SOLUTIONS", "RAPID (?:FINANCE|CAPITAL|ADVANCE)"),
            *("YELLOWSTONE CAPITAL", "FORWARD FINANCING", "FORA FINANCIAL", "KAPITUS", "STRATEGIC FUNDING SOURCE"),
            *("CAN CAPITAL", "CREDIBLY", "EVEREST BUSINESS FUNDING", "EBF (?:HOLDINGS|PARTNERS)", "LIBERTAS FUNDING"),
            *(
                "PEARL (?:ALPHA|BETA|CAPITAL|GAMMA|DELTA)",
                "RELIANT FUNDING",
                "WORLD BUSINESS LENDERS",
                "BIZFI",
                "MANTIS FUNDING",
            ),
            *("EXPANSION CAPITAL GROUP", "KALAMATA", "GREEN CAPITAL FUNDING", "RICHMOND CAPITAL GROUP", "VOX FUNDING"),
            *("MULLIGAN FUNDING", "BUSINESS BACKER", "FUNDKITE", "FOX (?:CAPITAL|BUSINESS FUNDING)", "ITRIA VENTURES"),
            *("LCF GROUP", "LAST CHANCE FUNDING", "ROWAN ADVANCE", "CLOUDFUND", "QUEEN FUNDING", "ACE FUNDING SOURCE"),
            *(
                "TVT CAPITAL",
                "IN ADVANCE CAPITAL",
                "AMERICAN FINANCE SOLUTIONS",
                "NATIONAL FUNDING",
                "QUICK BRIDGE FUNDING",
            ),
            *(
                "SAMSON (?:FUNDING|GROUP)",
                "UNIQUE FUNDING SOLUTIONS",
                "KNIGHT CAPITAL FUNDING",
                "BUSINESS FINANCIAL SERVICES",
            ),
        ),
    ),
    (
        SecuredClass.REPRESENTATIVE,
        _any(
            *(
                "AS REP(?:RESENTATIVE)?",
                "CORPORATION SERVICE CO(?:MPANY)?",
                "C ?T CORPORATION SYSTEM",
                "LIEN SOLUTIONS",
            ),
            *("FIRST CORPORATE SOLUTIONS", "COGENCY GLOBAL", "NATIONAL REGISTERED AGENTS"),
        ),
    ),
    (
        SecuredClass.FACTORING,
        _any(
            *("FACTORS?", "FACTORING", "RTS FINANCIAL", "TRIUMPH (?:BUSINESS|FINANCIAL)", "ADVANCE BUSINESS CAPITAL"),
            *("APEX CAPITAL CORP", "OTR (?:CAPITAL|SOLUTIONS)", "RIVIERA FINANCE", "BIBBY", "LSQ FUNDING", "TRANSFAC"),
            *("E ?CAPITAL", "PRN FUNDING", "TRUCKSTOP", "ROSENTHAL AND ROSENTHAL", "INTERSTATE CAPITAL", "TAFS"),
            *("ENGLAND CARRIER", "COMPASS FUNDING SOLUTIONS", "PORTER CAPITAL", "HAVERSINE", "ALTLINE", "FLEXENT"),
            *("LOVES SOLUTIONS", "PAY4FREIGHT", "CRESTMARK", "RECEIVABLES? (?:FINANCE|FINANCING|FUNDING|EXCHANGE)"),
        ),
    ),
    (
        SecuredClass.AGENT,
        _any(
            "(?:COLLATERAL|ADMINISTRATIVE|SECURITY|NOTES?) (?:AGENT|TRUSTEE)",
            "AS (?:[A-Z]+ ){0,3}(?:AGENT|TRUSTEE)",
            "AGENT",
        ),
    ),
    (
        SecuredClass.ABL,
        _any(
            *("BUSINESS CREDIT", "ASSET BASED", "COMMERCIAL (?:FINANCE|CREDIT)", "CAPITAL FINANCE", "BUSINESS CAPITAL"),
            *("SIENA LENDING", "NORTH MILL CAPITAL", "MIDCAP", "WHITE OAK", "CELTIC CAPITAL", "SALUS CAPITAL"),
            *("SECOND AVENUE CAPITAL", "GORDON BROTHERS", "CORPORATE LENDING", "CORPORATE CREDIT", "ENCINA"),
        ),
    ),
    (
        SecuredClass.BANK,
        _any(
            *("BANK", "BANKS", "BANKERS", "BANC", "BANCO", "BANCORP", "BANK(?:ING)? (?:AND|CO|CORP)", "BANKING"),
            *("[A-Z]*BANK", "CREDIT UNION", "FCU", "NATIONAL ASSOCIATION", "NA", "SAVINGS", "TRUST CO(?:MPANY)?"),
            *("JP ?MORGAN", "FARM CREDIT", "PRODUCTION CREDIT", "PCA", "FLCA", "FEDERAL LAND"),
        ),
    ),
)
