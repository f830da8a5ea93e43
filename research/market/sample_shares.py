"""Seeds of the bundled sample: companies that do not exist, by sector and sub-sector.

Symbols begin with Q and the names are made up; whatever is shown of them says that it is a sample.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Group:
    """What the companies of a sub-sector have in common; ranges are drawn from, share by share.

    growth, margin: of revenue, in per cent. assets: by revenue, in per cent. debt: by revenue, in per cent.
    worth: enterprise value by revenue, in per cent. revenue: of the first year, in millions.
    """

    sector: str
    name: str
    sic: str
    revenue: tuple[int, int]
    growth: tuple[int, int]
    margin: tuple[int, int]
    assets: tuple[int, int]
    debt: tuple[int, int]
    worth: tuple[int, int]
    companies: str


GROUPS = (
    Group(
        sector="Energy",
        name="Oilfield services",
        sic="1389",
        revenue=(180, 2400),
        growth=(-4, 10),
        margin=(4, 15),
        assets=(110, 170),
        debt=(20, 70),
        worth=(70, 190),
        companies="Ardoway Drilling, Belvane Well Services, Corrick Pressure, Dunmere Offshore, Estrell Fluids, "
        "Fennord Rigs, Garrowby Completion, Hollisk Wireline",
    ),
    Group(
        sector="Energy",
        name="Pipelines and storage",
        sic="4922",
        revenue=(400, 3800),
        growth=(0, 7),
        margin=(18, 34),
        assets=(240, 330),
        debt=(90, 150),
        worth=(260, 420),
        companies="Ivermoor Pipelines, Jandrel Terminals, Kestow Midstream, Lorrimer Gas Storage, "
        "Maristow Transmission, Norvane Tank Farms",
    ),
    Group(
        sector="Energy",
        name="Renewable power",
        sic="4911",
        revenue=(90, 1500),
        growth=(4, 22),
        margin=(9, 28),
        assets=(230, 330),
        debt=(90, 160),
        worth=(240, 520),
        companies="Oskeld Wind, Pellmar Solar, Quenbrook Hydro, Rosdale Power, Skarren Renewables, "
        "Tavisk Energy Parks, Ulverton Geothermal",
    ),
    Group(
        sector="Technology",
        name="Infrastructure software",
        sic="7372",
        revenue=(60, 1900),
        growth=(6, 30),
        margin=(4, 30),
        assets=(90, 150),
        debt=(0, 30),
        worth=(300, 950),
        companies="Vandrey Software, Westrow Systems, Yarrowick Data, Zellmark Cloud, Almond Ridge Computing, "
        "Brackwater Identity, Cindermoor Analytics, Dovelane Networks, Eddystow Backup, Fairhollow Logic, "
        "Gildersome Security, Harkstead Compilers",
    ),
    Group(
        sector="Technology",
        name="Semiconductor equipment",
        sic="3559",
        revenue=(120, 2600),
        growth=(2, 20),
        margin=(10, 30),
        assets=(100, 150),
        debt=(5, 35),
        worth=(220, 620),
        companies="Inglemere Etch, Jasperton Lithography, Kilnhurst Vacuum, Larkmoor Metrology, Millbeck Deposition, "
        "Netherfold Wafer, Orlestone Probe",
    ),
    Group(
        sector="Technology",
        name="Network hardware",
        sic="3576",
        revenue=(150, 3100),
        growth=(-3, 14),
        margin=(5, 22),
        assets=(90, 140),
        debt=(5, 40),
        worth=(120, 380),
        companies="Pendlebrook Switching, Quillmoor Optical, Ravensholt Wireless, Silverbeck Routers, "
        "Thornaby Antenna, Umberleigh Fiber",
    ),
    Group(
        sector="Healthcare",
        name="Medical devices",
        sic="3841",
        revenue=(80, 2900),
        growth=(3, 16),
        margin=(9, 27),
        assets=(110, 170),
        debt=(10, 50),
        worth=(240, 640),
        companies="Vellacott Medical, Wyremoor Implants, Axminster Catheters, Birkdale Imaging, Colverton Surgical, "
        "Drayhurst Valves, Elmstead Monitoring, Foxcombe Orthopedics",
    ),
    Group(
        sector="Healthcare",
        name="Diagnostics",
        sic="8071",
        revenue=(70, 1800),
        growth=(0, 19),
        margin=(5, 24),
        assets=(100, 160),
        debt=(10, 45),
        worth=(150, 480),
        companies="Greyholm Laboratories, Hexley Genomics, Islebrook Assays, Junipermoor Pathology, "
        "Kelmarsh Bioscience, Lindale Screening",
    ),
    Group(
        sector="Healthcare",
        name="Contract research",
        sic="8731",
        revenue=(100, 2200),
        growth=(2, 18),
        margin=(7, 20),
        assets=(90, 150),
        debt=(15, 60),
        worth=(140, 390),
        companies="Marlowick Trials, Nutfield Research, Oakhanger Clinical, Penwarden Bioanalysis, Questing Trials",
    ),
    Group(
        sector="Industrials",
        name="Freight and logistics",
        sic="4213",
        revenue=(300, 4200),
        growth=(-1, 13),
        margin=(3, 13),
        assets=(60, 120),
        debt=(10, 45),
        worth=(50, 170),
        companies="Rickmoor Freight, Stavemoor Haulage, Tollerton Logistics, Upwell Carriers, Vinehall Express, "
        "Whitwell Intermodal, Yoxford Distribution, Zealmont Forwarding, Ashbourne Cartage",
    ),
    Group(
        sector="Industrials",
        name="Machine tools",
        sic="3541",
        revenue=(110, 1900),
        growth=(-2, 11),
        margin=(6, 19),
        assets=(90, 140),
        debt=(10, 40),
        worth=(90, 260),
        companies="Bexwell Machines, Cranmoor Tooling, Dalbeck Presses, Eastry Robotics, Farnhill Grinding, "
        "Grindlow Castings",
    ),
    Group(
        sector="Industrials",
        name="Building products",
        sic="3290",
        revenue=(160, 3300),
        growth=(0, 12),
        margin=(7, 20),
        assets=(80, 130),
        debt=(15, 50),
        worth=(90, 240),
        companies="Helmdon Roofing, Ibstone Glass, Jarrowdale Insulation, Knapton Timber, Langwith Cement, "
        "Moreleigh Fixtures, Overbury Panels",
    ),
)

#: Shares in trouble: losses, and more debt than the business bears.
DISTRESSED = frozenset({"QGARR", "QUMBE", "QVINE"})
#: Debt is in tags of their own, interest is not: neither value nor quality can be computed.
UNTAGGED_DEBT = frozenset({"QLIND"})
#: No classified balance sheet, as with many utilities: safety is missing.
UNCLASSIFIED = frozenset({"QIVER", "QROSD", "QOAKH"})
#: Listed a short while ago: two fiscal years, and prices of a few months.
NEW_LISTINGS = frozenset({"QHARK", "QULVE"})
#: Fiscal years that end in June.
JUNE_YEARS = frozenset({"QZELL", "QBIRK", "QCRAN"})
#: Restated the year before in their newest filing.
RESTATED = frozenset({"QKEST", "QWYRE", "QSTAV"})


def symbol_of(company: str) -> str:
    return "Q" + company[:4].upper()
