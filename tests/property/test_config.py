"""Laws of the settings: whatever stands in them, the answer is a ``Config`` or a ``ConfigError``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gate.config import Config, Site, parse_config, settings
from gate.errors import ConfigError, Fault

ROWS = list(settings())
NAMES = sorted({row.section for row in ROWS})
KEYS = sorted({row.name for row in ROWS} | {"file", "secret_file", "current_file", "token_file"})

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.dates()
    | st.sampled_from(
        ["...", "memory://", "sqlite:///x", "*.a", "https://[", "5/minute", "mailto:a@b", "10 minutes"]
    )
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
tables = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), values, max_size=5)
configs = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=8), tables | st.lists(tables, max_size=3) | values
)
variables = st.dictionaries(
    st.builds(
        "GATE_{}__{}".format,
        st.sampled_from([name.upper() for name in NAMES]) | st.text(max_size=6),
        st.sampled_from([key.upper() for key in KEYS]) | st.text(max_size=10) | st.just("0__HOSTS"),
    ),
    st.text(max_size=30) | st.sampled_from(["[", '["a"]', "1,2", "1e9", "[[[", "\x00"]),
    max_size=4,
)


@given(raw=configs, environ=variables, embedded=st.booleans())
def test_any_structure_is_settings_or_a_list_of_faults(
    raw: dict[str, Any],
    environ: dict[str, str],
    embedded: bool,  # noqa: FBT001
) -> None:
    found: Config | tuple[Fault, ...]
    try:
        found = parse_config(raw, place="x", base=Path("/nonexistent"), environ=environ, embedded=embedded)
    except ConfigError as error:
        found = error.faults
    assert found
    assert isinstance(found, Config) or all(fault.place and fault.problem and fault.remedy for fault in found)


labels = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
hosts = st.lists(labels, min_size=2, max_size=4).map(".".join)


@given(host=hosts, prefix=labels)
def test_a_star_covers_exactly_the_sub_domains(host: str, prefix: str) -> None:
    site = Site(sitekey="a", secret="b", hosts=(f"*.{host}",))
    assert site.allows(f"{prefix}.{host}")
    assert site.allows(f"{prefix}.{host}:443".upper())
    assert not site.allows(host)
    assert not site.allows(f"{prefix}{host}")
    assert not site.allows(f"{prefix}.{host}.x-{prefix}")
