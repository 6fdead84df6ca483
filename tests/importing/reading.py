"""What the tests of importing share: a site, workbooks, and entries as list.csv gives them."""

import openpyxl

from portal.content.files.fault_collector import Faults
from portal.content.notice.list_reader import read_entries, read_table
from portal.domain.places import County, Site
from portal.importing.importer import import_list
from tests.thirdaward import TERMS

SITE = Site(
    name="",
    description="",
    host="",
    base_url="",
    keywords=(),
    counties={
        "pingding": County("pingding", "平定县"),
        "yuxian": County("yuxian", "盂县", lookalikes=("孟县",)),
        "chengqu": County("chengqu", "城区"),
    },
    offices={},
    office="",
)


def entries(reading):
    """The entries of a list that was imported without a question, as the loader reads them."""
    assert not reading.questions, [question.text for question in reading.questions]
    faults = Faults("list.csv")
    table = read_table(reading.data, faults)
    found = read_entries(table, TERMS, faults)
    assert faults.issues == []
    return found


def names(reading):
    return [entry.name for entry in entries(reading)]


def asked(reading):
    """The ids of the questions without their sheets."""
    return [question.id.rpartition("!")[2] for question in reading.questions]


def workbook(path, rows, merge=(), change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    if change is not None:
        change(book)
    book.save(path)
    return path


def read(tmp_path, rows, answers=None, **layout):
    """Import a workbook of these rows."""
    return import_list(workbook(tmp_path / "名单.xlsx", rows, **layout), SITE, answers, terms=TERMS)
