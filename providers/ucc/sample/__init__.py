"""The `sample` source: bundled synthetic filings, the same for every state, labelled `sample`.

filings.csv is in the format of docs/ucc-csv.md. Its companies, lenders and filings are made up from
word lists; its file numbers begin with SAMPLE and so never meet a real one.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ..csv_file import read_csv
from ..inbox import OpenFile
from ..reading import Reading, in_range
from ..records import FilingRecord, SourceLabel

FILE = Path(__file__).with_name("filings.csv")


class SampleSource:
    label = SourceLabel.SAMPLE

    def read(self, state: str, start: date | None, end: date | None, *, reading: Reading) -> Iterator[FilingRecord]:
        with FILE.open("rb") as raw:
            file = OpenFile(FILE.name, raw)
            for record in read_csv(file, state=state, label=self.label, reading=reading):
                if in_range(record.filed_on, start, end):
                    # The file is written for no state: its parties live in the one that is asked for.
                    parties = tuple(party._replace(region=state) for party in record.parties)
                    yield record._replace(parties=parties)
