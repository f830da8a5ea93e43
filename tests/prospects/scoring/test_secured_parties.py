"""Names of public lenders and offices as registers write them, and the class each belongs to."""

import pytest

from prospects.scoring.secured_parties import SecuredClass, class_of_lien, class_of_party

NAMES = {
    "tax": [
        "INTERNAL REVENUE SERVICE",
        "Department of the Treasury - Internal Revenue Service",
        "IRS",
        "NEW YORK STATE DEPARTMENT OF TAXATION AND FINANCE",
        "State of California Franchise Tax Board",
        "EMPLOYMENT DEVELOPMENT DEPARTMENT",
        "TEXAS COMPTROLLER OF PUBLIC ACCOUNTS",
        "ILLINOIS DEPARTMENT OF REVENUE",
        "State of Connecticut Department of Revenue Services",
        "CALIFORNIA DEPARTMENT OF TAX AND FEE ADMINISTRATION",
        "TEXAS WORKFORCE COMMISSION",
    ],
    "sba": [
        "U.S. SMALL BUSINESS ADMINISTRATION",
        "US Small Business Administration",
        "U.S. Small Business Administration, an agency of the United States",
        "SBA",
    ],
    "fintech": [
        "ON DECK CAPITAL, INC.",
        "OnDeck Capital",
        "ODK Capital, LLC",
        "KABBAGE, INC.",
        "Bluevine Capital Inc.",
        "FUNDBOX, INC.",
        "FC MARKETPLACE, LLC",
        "Square Financial Services, Inc.",
        "SHOPIFY CAPITAL INC.",
        "WEBBANK",
        "IOU Central Inc.",
    ],
    "equipment": [
        "LEAF Capital Funding, LLC",
        "DE LAGE LANDEN FINANCIAL SERVICES, INC.",
        "DEERE & COMPANY",
        "John Deere Construction & Forestry Company",
        "CATERPILLAR FINANCIAL SERVICES CORPORATION",
        "KUBOTA CREDIT CORPORATION, U.S.A.",
        "U.S. BANK EQUIPMENT FINANCE, A DIVISION OF U.S. BANK NATIONAL ASSOCIATION",
        "Wells Fargo Vendor Financial Services, LLC",
        "GreatAmerica Financial Services Corporation",
        "ASCENTIUM CAPITAL LLC",
        "TOYOTA INDUSTRIES COMMERCIAL FINANCE, INC.",
        "VFS US LLC",
        "Xerox Financial Services LLC",
        "Financial Pacific Leasing, Inc.",
        "CROSSROADS EQUIPMENT LEASE & FINANCE, LLC",
    ],
    "mca": [
        "YELLOWSTONE CAPITAL LLC",
        "Forward Financing LLC",
        "Fora Financial Business Loans LLC",
        "KAPITUS LLC",
        "STRATEGIC FUNDING SOURCE, INC.",
        "Small Business Financial Solutions, LLC",
        "EBF HOLDINGS, LLC",
        "LIBERTAS FUNDING, LLC",
        "MERCHANT CASH AND CAPITAL, LLC",
        "Expansion Capital Group, LLC",
        "CAN CAPITAL MERCHANT SERVICES, INC.",
        "Credibly of Arizona, LLC",
        "LCF GROUP, INC.",
    ],
    "representative": [
        "CORPORATION SERVICE COMPANY, AS REPRESENTATIVE",
        "C T CORPORATION SYSTEM, AS REPRESENTATIVE",
        "CT Corporation System, as representative",
        "FIRST CORPORATE SOLUTIONS, AS REPRESENTATIVE",
    ],
    "factoring": [
        "RTS FINANCIAL SERVICE, INC.",
        "Advance Business Capital LLC",
        "APEX CAPITAL CORP",
        "TBS FACTORING SERVICE, LLC",
        "Riviera Finance of Texas, Inc.",
        "LSQ FUNDING GROUP, L.C.",
        "ROSENTHAL & ROSENTHAL, INC.",
        "MILBERG FACTORS, INC.",
        "OTR Capital, LLC",
    ],
    "agent": [
        "JPMORGAN CHASE BANK, N.A., AS ADMINISTRATIVE AGENT",
        "WELLS FARGO BANK, NATIONAL ASSOCIATION, AS COLLATERAL AGENT",
        "U.S. Bank Trust Company, National Association, as Trustee",
        "BANK OF AMERICA, N.A., AS AGENT",
        "Wilmington Trust, National Association, as Notes Collateral Agent",
    ],
    "abl": [
        "SIENA LENDING GROUP LLC",
        "WELLS FARGO CAPITAL FINANCE, LLC",
        "GIBRALTAR BUSINESS CAPITAL, LLC",
        "NORTH MILL CAPITAL LLC",
        "SLR Business Credit",
        "Celtic Capital Corporation",
    ],
    "bank": [
        "JPMORGAN CHASE BANK, N.A.",
        "Bank of America, N.A.",
        "CITIBANK, N.A.",
        "TD BANK, N.A.",
        "FIRST NATIONAL BANK OF OMAHA",
        "KEYBANK NATIONAL ASSOCIATION",
        "Navy Federal Credit Union",
        "FARM CREDIT EAST, ACA",
        "CADENCE BANCORP",
        "COMERICA BANK",
        "MANUFACTURERS AND TRADERS TRUST COMPANY",
    ],
    "other": [
        "SYSCO CORPORATION",
        "US FOODS, INC.",
        "CARGILL, INCORPORATED",
        "Nationwide Agribusiness Insurance Company",
        "FERGUSON ENTERPRISES, LLC",
    ],
}


@pytest.mark.parametrize(("name", "expected"), [(name, kind) for kind, names in NAMES.items() for name in names])
def test_a_lender_is_known_by_its_name(name: str, expected: str) -> None:
    assert class_of_party(name) == expected


@pytest.mark.parametrize(
    ("lien_type", "expected"),
    [
        ("lien_irs", SecuredClass.TAX),
        ("IRS", SecuredClass.TAX),
        ("FEDERAL TAX LIEN", SecuredClass.TAX),
        ("JUDGMENT LIEN", SecuredClass.JUDGMENT),
        ("ucc", SecuredClass.BANK),
        ("ORIG FIN STMT", SecuredClass.BANK),
    ],
)
def test_what_the_register_calls_a_lien_outweighs_the_secured_party(lien_type: str, expected: SecuredClass) -> None:
    assert class_of_lien(lien_type, ["Citibank, N.A."]) is expected


def test_of_several_secured_parties_the_first_class_in_order_counts() -> None:
    names = ["Citibank, N.A.", "Yellowstone Capital LLC", "Sysco Corporation"]

    assert class_of_lien("ucc", names) is SecuredClass.MCA


def test_a_lien_without_a_secured_party_is_of_another_creditor() -> None:
    assert class_of_lien("", []) is SecuredClass.OTHER
