"""The service as a Flask application: one thin adapter in front of the endpoints."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Blueprint, Flask, Response, g, render_template, request, send_from_directory
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gate import __version__
from gate.live import Live
from gate.places import STATIC, templates
from gate.verdicts import Code, Refused
from gate.web.api import ENDPOINTS, method_refused, respond
from gate.web.front import Front
from gate.web.health import Health, metrics_reply
from gate.web.http import caller_of, flask_response, mirror_request, plain_request, unforeseen, unreadable
from gate.web.mirrors import MIRRORS, siteverify
from gate.web.nojs import FRAMES, frame_reply
from gate.web.proxies import Client
from gate.web.replies import COMMON_HEADERS, Reply, refusal
from gate.web.request_log import log_request
from gate.web.widget import add_widget

_EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def create_app(live: Live) -> Flask:
    """Return the gate as a WSGI application of its own, with a log line for each request."""
    app = Flask("gate", template_folder=str(templates()), static_folder=None)
    redirect_nobody(app)
    app.after_request(_guarded)
    health = Health(live)
    app.register_blueprint(service(live, health))
    app.add_url_rule("/", "home", lambda: _home(live), strict_slashes=False)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, lambda error: _send(unforeseen(error)))
    log_requests(app)
    app.wsgi_app = Front(app.wsgi_app, live, health)  # type: ignore[method-assign]
    return app


def service(live: Live, health: Health) -> Blueprint:
    """Return the gate's routes, for an application that has other pages too."""
    routes = Blueprint("gate_service", __name__)
    routes.after_request(_guarded)

    def caller() -> Client:
        return caller_of(request.environ, live, health)

    def v1() -> Response:
        return _send(respond(live.gatekeeper, request.path, plain_request(request.environ, caller())))

    def mirror() -> Response:
        return _send(siteverify(live.gatekeeper, request.path, mirror_request(request), time.time()))

    def frame() -> Response:
        return _send(frame_reply(live.gatekeeper, request, caller()))

    def metrics() -> Response:
        return _send(metrics_reply(live, health, request.headers.get("Authorization", "")))

    for path in ENDPOINTS:
        name = path.rpartition("/")[2]
        routes.add_url_rule(path, name, v1, methods=_EVERY_METHOD, provide_automatic_options=False)
    for path in MIRRORS:
        _take_any_method(routes, path, path.strip("/").replace("/", "_"), mirror)
    for path in FRAMES:
        routes.add_url_rule(path, path.rpartition("/")[2], frame, methods=["GET", "POST"])
    routes.add_url_rule("/healthz", "healthz", lambda: _send(health.alive()))
    routes.add_url_rule("/readyz", "readyz", lambda: _send(health.ready()))
    routes.add_url_rule("/metrics", "metrics", metrics)
    add_widget(routes, live)
    routes.add_url_rule("/openapi.json", "openapi", lambda: send_from_directory(STATIC, "openapi.json"))
    return routes


def redirect_nobody(app: Flask) -> None:
    """Let a doubled slash be an address that is not there: the router's redirect would go to the Host that was sent."""
    app.url_map.merge_slashes = False


def log_requests(app: Flask) -> None:
    """Write one structured line for each request to ``app``."""

    @app.before_request
    def start() -> None:
        g.gate_started = time.perf_counter()

    @app.after_request
    def line(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "?"
        seconds = time.perf_counter() - g.get("gate_started", time.perf_counter())
        log_request(request.method, route, response.status_code, seconds, g.get("gate_code", "-"))
        return response


def _guarded(response: Response) -> Response:
    """Give a reply that says nothing else the headers of all others: OPTIONS and files are the framework's own."""
    for name, value in COMMON_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _take_any_method(routes: Blueprint, path: str, name: str, view: Callable[[], Response]) -> None:
    """Add a route that is never answered with a 405, not even for a method that nobody knows."""

    def add(state: BlueprintSetupState) -> None:
        endpoint = f"{state.name}.{name}"
        rule = state.app.url_rule_class(f"{state.url_prefix or ''}{path}", endpoint=endpoint, methods=None)
        state.app.url_map.add(rule)
        state.app.view_functions[endpoint] = view

    routes.record(add)


def _home(live: Live) -> Response:
    page = render_template("gate/home.html", version=__version__, testing=live.config.server.testing)
    response = Response(page)
    response.headers.update({**COMMON_HEADERS, "Content-Security-Policy": _PAGE_POLICY})
    return response


def _send(reply: Reply) -> Response:
    g.gate_code = reply.code
    return flask_response(reply)


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed):
        endpoint = ENDPOINTS.get(request.path)
        return _send(method_refused(endpoint.allowed if endpoint else sorted(error.valid_methods or ())))
    if error.code != 404:
        return _send(unreadable(error))
    detail = f"Nothing is here: the endpoints are {', '.join(ENDPOINTS)}."
    return _send(refusal(Refused(code=Code.BAD_REQUEST, detail=detail), status=404))
