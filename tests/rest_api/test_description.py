"""The API does what its description says, whatever is sent: generated requests against every operation."""

import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from albumen.rest_api.accounts.who import Scope
from albumen.rest_api.application import RESOURCES, application, describe
from albumen.rest_api.docs import filled
from tests.rest_api.small import Site

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [(r.method, "/api" + r.path) for _, routes in RESOURCES for r in routes if not r.stream]


@pytest.fixture(scope="module")
def schema(site: Site) -> schemathesis.BaseSchema:
    described = schemathesis.openapi.from_dict(describe(application(site.shop)))
    described.config.update(base_url=site.address)
    return described


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_answers_as_described(
    method: str, path: str, schema: schemathesis.BaseSchema, site: Site
) -> None:
    @settings(max_examples=4, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=schema[path][method].as_strategy())
    def holds(case: schemathesis.Case) -> None:
        if "library" in case.path_parameters:
            case.path_parameters["library"] = 1
        _, secret = site.shop.accounts.add_key(1, label="generated", scopes=Scope)
        case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS, timeout=20)

    holds()


def test_the_page_lists_every_route_of_the_description(site: Site) -> None:
    page = (Path(__file__).parents[2] / "docs" / "rest.md").read_text("utf-8")
    assert page == filled(page), "run: python -m albumen.rest_api.docs docs/rest.md"
    listed = set(re.findall(r"^\| `([A-Z]+) (/api/\S*)` \|", page, re.MULTILINE))
    described = describe(application(site.shop))["paths"]
    wanted = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert wanted <= listed
