"""A real PostgreSQL, which is started once for all tests of a worker."""

from tests.casedesk import postgres  # noqa: F401 - fixture
