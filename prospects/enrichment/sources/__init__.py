"""One module per source: its dataclasses as facts. Importing this package registers all of them."""

from . import census as census
from . import companies_house as companies_house
from . import email as email
from . import gdelt as gdelt
from . import google_places as google_places
from . import osha as osha
from . import people as people
from . import rss as rss
from . import sam as sam
from . import sec as sec
from . import usaspending as usaspending
from . import uspto as uspto
from . import wikidata as wikidata
