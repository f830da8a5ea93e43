"""Series of prices, costs and volumes that contracts follow."""

from .source import KeyUse, Limit, Source

SERIES = (
    Source(
        name="eia",
        label="US Energy Information Administration",
        gives="prices and volumes of energy",
        base_url="https://api.eia.gov",
        documentation="https://www.eia.gov/opendata/documentation.php",
        licence="US government work; cite the EIA and the date of publication.",
        key=KeyUse.REQUIRED,
        key_in="query:api_key",
        limit=Limit(count=5, seconds=2),
    ),
    Source(
        name="fred",
        label="FRED, Federal Reserve Bank of St. Louis",
        gives="economic series with their vintages",
        base_url="https://api.stlouisfed.org",
        documentation="https://fred.stlouisfed.org/docs/api/fred/series_observations.html",
        licence="Some series are copyrighted by their owners: check each before use. Not endorsed by the bank.",
        key=KeyUse.REQUIRED,
        key_in="query:api_key",
        limit=Limit(count=100, seconds=60),
    ),
    Source(
        name="bls",
        label="US Bureau of Labor Statistics",
        gives="producer and consumer prices and employment costs",
        base_url="https://api.bls.gov",
        documentation="https://www.bls.gov/developers/api_signature_v2.htm",
        licence="US government work; the BLS cannot vouch for the data or analyses derived from them.",
        key=KeyUse.OPTIONAL,
        # Part of the question itself: providers/bls.py puts it there.
        key_in="body:registrationkey",
        limit=Limit(count=25, seconds=86400),
    ),
)
