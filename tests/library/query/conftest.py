import pytest
from tests.library.query.sentences import known

from albumen.library.places import Gazetteer
from albumen.library.query.parts import Known


@pytest.fixture(scope="session")
def spots() -> Gazetteer:
    return Gazetteer()


@pytest.fixture(scope="session")
def library(spots: Gazetteer) -> Known:
    return known(spots)
