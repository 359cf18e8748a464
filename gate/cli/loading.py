"""Reads all that a config file names, and says at once everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gate.bank.load import load_bank
from gate.bank.question import Bank
from gate.config import Config, load_config
from gate.config.environment import add_environment
from gate.config.reading import read_table
from gate.config.tables import sort_out
from gate.errors import Fault, FaultsError, GateError
from gate.parsing import Faults, read_toml
from gate.signing.keys import KeyRing, KeyRingError, load_keys
from gate.sources import unaskable


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was found: settings and questions where they can be used, and every fault."""

    config: Config | None
    bank: Bank | None
    faults: tuple[Fault, ...]


def inspect(path: Path, environ: Mapping[str, str], *, allow_public_test_keys: bool = False) -> Inspection:
    """Read config, keys and bank; a fault in one of them hides none in the others."""
    faults = Faults()
    config = bank = None
    with faults.collecting():
        config = load_config(path, environ=environ, allow_public_test_keys=allow_public_test_keys)
    if config is not None:
        with faults.collecting():
            _check_keys(config, path.name)
    named = _bank_of(config) if config is not None else _bank_named_in(path, environ)
    if named is not None:
        files, lang = named
        with faults.collecting():
            bank = load_bank(files, base=path.absolute().parent, lang=lang)
    if config is not None and bank is not None:
        faults.found.extend(unaskable(config, bank, path.name))
    return Inspection(config=config, bank=bank, faults=tuple(faults.found))


def explain(error: GateError, inspection: Inspection) -> GateError:
    """Return all that an inspection found, in place of the first error; the error itself if it found nothing."""
    return FaultsError(inspection.faults) if inspection.faults else error


def _check_keys(config: Config, place: str) -> None:
    file = config.signing.file
    try:
        if file is None:
            KeyRing.of(config.signing.current, config.signing.previous)
        else:
            load_keys(file.read_bytes(), file.name)
    except KeyRingError as error:
        raise FaultsError([Fault(f"{place}: [signing]", error.problem, error.remedy)]) from None
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise FaultsError([Fault(str(file), problem, "let the user that runs the gate read it")]) from None


def _bank_of(config: Config) -> tuple[tuple[str, ...], str]:
    return config.bank.files, config.bank.lang


def _bank_named_in(path: Path, environ: Mapping[str, str]) -> tuple[tuple[str, ...], str] | None:
    """Return the bank's files as far as a config with faults names them, else None."""
    unheard = Faults()
    raw = read_toml(path, path.name, unheard)
    if raw is None:
        return None
    tables = sort_out(raw, path.name, unheard)
    add_environment(tables, environ, unheard)
    values = read_table(tables.sections["bank"], path.absolute().parent, unheard)
    return (values["files"], values["lang"]) if {"files", "lang"} <= values.keys() else None
