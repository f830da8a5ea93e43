"""One module per source: its dataclasses as facts. Importing this package registers all of them."""

from . import companies_house as companies_house
from . import email as email
from . import gdelt as gdelt
from . import google_places as google_places
from . import people as people
from . import rss as rss
from . import wikidata as wikidata
