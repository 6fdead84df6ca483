"""placeholder"""


def write_report(rows, documents, rounds):
    pass
