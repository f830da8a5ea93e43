"""Registers of UCC filings that are open on the network."""

from .source import KeyUse, Limit, Source

UCC_REGISTERS = (
    Source(
        name="ucc-colorado",
        label="Colorado UCC filings",
        gives="UCC filings of Colorado",
        base_url="https://data.colorado.gov",
        documentation="https://data.colorado.gov/resource/wffy-3uut",
        licence="Open data of the state; its terms are unverified.",
        key=KeyUse.OPTIONAL,
        key_in="header:X-App-Token",
        limit=Limit(count=4, seconds=1),
    ),
    Source(
        name="ucc-connecticut",
        label="Connecticut UCC filings",
        gives="UCC filings of Connecticut",
        base_url="https://data.ct.gov",
        documentation="https://data.ct.gov/resource/xfev-8smz",
        licence="Open data of the state; its terms are unverified.",
        key=KeyUse.OPTIONAL,
        key_in="header:X-App-Token",
        limit=Limit(count=4, seconds=1),
    ),
    Source(
        name="ucc-oregon",
        label="Oregon UCC filings",
        gives="UCC filings of Oregon's last month",
        base_url="https://data.oregon.gov",
        documentation="https://data.oregon.gov/resource/snfi-f79b",
        licence="Open data of the state; its terms are unverified.",
        key=KeyUse.OPTIONAL,
        key_in="header:X-App-Token",
        limit=Limit(count=4, seconds=1),
    ),
)
