"""The description of the API is valid, complete, and true of the running service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from werkzeug.wsgi import ClosingIterator

from gate.places import STATIC
from gate.verdicts import Code
from gate.web.api import ENDPOINTS
from tests.service import NO_LIMITS, SECRET, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DESCRIBED: dict[str, Any] = json.loads((STATIC / "openapi.json").read_text("utf-8"))
SCHEMAS = DESCRIBED["components"]["schemas"]
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method} {path}")
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
]
# The mirrors speak as their incumbents' documents say; the frame without JavaScript and the scripts are for browsers.
OTHERS_CONTRACTS = (
    "/recaptcha/",
    "/hcaptcha/",
    "/turnstile/",
    "/siteverify",
    "/1/",
    "/nojs",
    "/gate.js",
    "/gate/",
)


def test_it_is_valid_openapi() -> None:
    OPENAPI_31_VALIDATOR.validate(DESCRIBED)


def test_it_names_every_code() -> None:
    assert SCHEMAS["Code"]["enum"] == [code.value for code in Code]
    for code in Code:
        assert f"`{code}`" in SCHEMAS["Code"]["description"]


def test_it_names_every_address_and_method(service: Service) -> None:
    served = {
        rule.rule: {*(rule.methods or ())} & {"GET", "POST"}
        for rule in service.app.url_map.iter_rules()
        if not rule.rule.startswith(OTHERS_CONTRACTS)
    }
    for path, endpoint in ENDPOINTS.items():
        served[path] = set(endpoint.allowed)
    assert {
        path: {method.upper() for method in methods} for path, methods in DESCRIBED["paths"].items()
    } == served


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_it_names_every_field(path: str) -> None:
    named: set[str] = set()
    for operation in DESCRIBED["paths"][path].values():
        named |= {parameter["name"] for parameter in operation.get("parameters", [])}
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            for part in schema.get("anyOf", [schema]):
                named |= set(SCHEMAS[part["$ref"].rpartition("/")[2]]["properties"])
    assert named == ENDPOINTS[path].fields


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_says_what_it_does_and_how_it_may_end(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    statuses = set(operation["responses"])
    if path.startswith("/v1/") and method == "post":
        assert statuses >= {"200", "400", "405", "413", "415", "503"}
        assert ("429" in statuses) == (path != "/v1/report")
        assert set(operation["requestBody"]["content"]) == {
            "application/json",
            "application/x-www-form-urlencoded",
        }
    if path == "/v1/challenge" and method == "get":
        assert statuses >= {"200", "400", "404", "405", "413", "429", "503"}
    if path == "/metrics":
        assert statuses >= {"200", "401", "404", "405"}


def resolve(schema: Any) -> Any:
    return {**schema, "components": DESCRIBED["components"]}


def described_examples() -> Iterator[tuple[Any, Any]]:
    for methods in DESCRIBED["paths"].values():
        for operation in methods.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                yield media["schema"], media["example"]
            for response in operation["responses"].values():
                for media in response.get("content", {}).values():
                    for example in media.get("examples", {}).values():
                        yield media["schema"], example["value"]
    for response in DESCRIBED["components"]["responses"].values():
        for media in response["content"].values():
            for example in media["examples"].values():
                yield media["schema"], example["value"]
    for schema in SCHEMAS.values():
        for example in schema.get("examples", []):
            yield schema, example
        for part in schema.get("properties", {}).values():
            for example in part.get("examples", []):
                yield part, example


def test_its_examples_fit_what_it_says() -> None:
    examples = list(described_examples())
    assert len(examples) > 40
    for schema, example in examples:
        Draft202012Validator(resolve(schema)).validate(example)


# Against the running service


class Running:
    """The service that a test has started, in the place of the one that was there when tests were collected."""

    app: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Read files to their end and close them, as a server does and schemathesis does not."""
        with closing(ClosingIterator(self.app(environ, start_response))) as chunks:
            return [b"".join(chunks)]


running = Running()
# A field that is missing, or an answer that is too long, is a verdict (a 200 that says no), as it is with the
# incumbents; ``is_never_a_yes`` below checks these instead.
api = schemathesis.openapi.from_dict(
    DESCRIBED,
    config=schemathesis.Config.from_dict(
        {
            "checks": {
                "negative_data_rejection": {"expected-statuses": ["200", "400", "404", "405", "413", "415"]}
            }
        }
    ),
)
api.app = running


@pytest.fixture
def started(make_service: Callable[..., Service]) -> None:
    running.app = make_service(limits=NO_LIMITS, metrics={"enabled": True}).app


def is_never_a_yes(_ctx: Any, response: Any, case: schemathesis.Case[Any]) -> None:
    """Whatever is made up, fitting or not, gets no question by a made-up secret, no token and no yes."""
    if case.operation.path in ("/v1/answer", "/v1/verify", "/v1/report") and response.content:
        assert response.json()["success"] is False


@pytest.mark.usefixtures("started")
@api.parametrize()
@settings(
    max_examples=700 if settings.get_current_profile_name() == "long" else 25,
    suppress_health_check=list(HealthCheck),
)
def test_the_service_does_what_is_described(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(additional_checks=[is_never_a_yes])


def test_what_real_requests_get_fits_the_description(service: Service) -> None:
    def check(path: str, method: str, response: Any) -> None:
        described = DESCRIBED["paths"][path][method]["responses"][str(response.status_code)]
        if "$ref" in described:
            described = DESCRIBED["components"]["responses"][described["$ref"].rpartition("/")[2]]
        schema = described["content"]["application/json"]["schema"]
        Draft202012Validator(resolve(schema)).validate(response.json)

    asked = service.get("/v1/challenge", {"sitekey": "other"})
    check("/v1/challenge", "get", asked)
    wrong, right = service.ask(), service.ask()
    service.clock.tick(2)
    for each, answer in ((wrong, "purple"), (right, service.right(right)), (right, "again")):
        answered = service.post("/v1/answer", {"challenge": each["challenge"], "answer": answer})
        check("/v1/answer", "post", answered)
    fields = {"secret": SECRET, "response": service.token()}
    for more in ({"peek": True}, {}, {}, {"peek": "maybe"}):
        verdict = service.post("/v1/verify", {**fields, **more})
        check("/v1/verify", "post", verdict)
    receipt = service.verify(service.token())["receipt"]
    for secret in (SECRET, "wrong"):
        reported = service.post("/v1/report", {"secret": secret, "receipt": receipt, "verdict": "ham"})
        check("/v1/report", "post", reported)
    check("/readyz", "get", service.get("/readyz"))
    check("/healthz", "get", service.get("/healthz"))
