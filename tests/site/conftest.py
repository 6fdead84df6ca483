"""The site with its demonstration round, made once for all tests of this package."""

import pytest
from flask import Flask

from portal.content.catalogue import Catalogue
from tests.contract import ContractClient
from tests.showcase import BASE_URL, showcase, site_app


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return showcase(tmp_path_factory.mktemp("showcase"), BASE_URL)


@pytest.fixture(scope="session")
def app(catalogue: Catalogue) -> Flask:
    return site_app(catalogue)


@pytest.fixture
def client(app: Flask) -> ContractClient:
    return app.test_client()
