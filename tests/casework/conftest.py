"""The desk's fixtures: registers on both databases and a case room."""

from tests.casedesk import (  # noqa: F401 - fixtures
    casedesk,
    migrated_sqlite,
    postgres,
    register,
    sqlite_register,
)
