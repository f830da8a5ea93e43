"""Which files of the inbox are read, and that nothing outside it is."""

import gzip
import os
import tracemalloc
from collections.abc import Callable

import pytest

from providers.ucc import FilesSource, NoSource, Reading, SourceLabel, TexasLayout, UnreadableFile
from tests.providers.ucc.inbox import HEADER, Inbox

CSV = f"{HEADER}\n1,2026-01-31,Acme\n"


def test_a_missing_inbox_folder_or_file_names_the_remedy(inbox: Inbox) -> None:
    for folder in (None, inbox.path, inbox.path / "NY"):
        if folder:
            folder.mkdir()

        with pytest.raises(NoSource) as failure:
            inbox.read()

        assert "Have a file put into the inbox's folder NY" in str(failure.value)
        assert str(inbox.path) not in str(failure.value)
        assert failure.value.__notes__ == [f"The folder is {inbox.path}/NY/."]
        assert "docs/ucc-csv.md" in str(failure.value)


def test_files_are_read_in_the_order_of_their_names(inbox: Inbox) -> None:
    inbox.drop_rows("2,2026-01-31,Acme", name="b.csv")
    inbox.drop_rows("1,2026-01-31,Acme", name="a.csv")

    assert [filing.file_number for filing in inbox.read()] == ["1", "2"]


def test_gzipped_files_are_read(inbox: Inbox) -> None:
    inbox.drop(gzip.compress(CSV.encode()), "filings.csv.gz")

    assert len(inbox.read()) == 1


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: data[:12] + b"\xff" * 8 + data[20:]])
def test_a_damaged_gzip_file_is_named(inbox: Inbox, damage: Callable[[bytes], bytes]) -> None:
    rows = "".join(f"{number},2026-01-31,Acme {number * number}\n" for number in range(20_000))
    inbox.drop(damage(gzip.compress(f"{HEADER}\n{rows}".encode())), "filings.csv.gz")

    with pytest.raises(UnreadableFile, match=r"NY/filings\.csv\.gz line 1: the gzip data is damaged"):
        inbox.read()


@pytest.mark.parametrize("name", [".hidden.csv", "half.csv.part", "half.csv.tmp", "filings.csv~"])
def test_hidden_and_unfinished_files_are_left_alone(inbox: Inbox, name: str) -> None:
    inbox.drop(CSV, "good.csv")
    inbox.drop("no such thing", name)

    assert len(inbox.read()) == 1


def test_symbolic_links_are_not_followed(inbox: Inbox) -> None:
    outside = inbox.path.parent / "secret.csv"
    inbox.drop(CSV, "good.csv")
    outside.write_text(f"{HEADER}\n666,2026-01-31,Secret\n")
    (inbox.path / "NY" / "link.csv").symlink_to(outside)

    assert [filing.file_number for filing in inbox.read()] == ["1"]
    assert inbox.remarks == ["link.csv is a symbolic link, which is not followed; copy the file itself"]


def test_a_states_folder_that_is_a_symbolic_link_is_not_entered(inbox: Inbox) -> None:
    inbox.drop(CSV, state="CA")
    (inbox.path / "NY").symlink_to(inbox.path / "CA")

    with pytest.raises(NoSource, match="is no real folder"):
        inbox.read("NY")


def test_folders_and_pipes_are_passed_over(inbox: Inbox) -> None:
    inbox.drop(CSV, "good.csv")
    (inbox.path / "NY" / "folder").mkdir()
    os.mkfifo(inbox.path / "NY" / "pipe.csv")

    assert len(inbox.read()) == 1
    assert len(inbox.remarks) == 2


def test_an_unreadable_second_file_is_found_before_the_first_row(inbox: Inbox) -> None:
    inbox.drop(CSV, "a.csv")
    inbox.drop("not,a,header\n", "b.csv")
    records = FilesSource(inbox.path, TexasLayout()).read("NY", None, None, reading=Reading())

    with pytest.raises(UnreadableFile, match=r"NY/b\.csv"):
        next(records)


def test_files_named_sample_are_labelled_sample(inbox: Inbox) -> None:
    inbox.drop(CSV, "sample-filings.csv")

    assert inbox.read()[0].source is SourceLabel.SAMPLE


def test_memory_does_not_grow_with_the_file(inbox: Inbox) -> None:
    inbox.drop(f"{HEADER}\n" + "".join(f"{number},2026-01-31,Acme {number}\n" for number in range(30_000)))
    reading = Reading()
    records = FilesSource(inbox.path, TexasLayout()).read("NY", None, None, reading=reading)
    tracemalloc.start()
    try:
        count = sum(1 for _ in records)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 30_000
    assert peak_bytes < 2_000_000
    assert reading.share == pytest.approx(1.0, abs=0.05)
