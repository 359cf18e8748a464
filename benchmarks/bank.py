"""What the questions cost, by language: milliseconds of CPU to load a file, microseconds to put a variant, and
seconds to audit it.

    python benchmarks/bank.py --lang en --lang ja
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from gate.bank.audit import audit
from gate.bank.load import load_bank
from gate.bank.question import Bank
from gate.places import PACKAGE

STARTER = PACKAGE / "bank" / "starter"
LANGUAGES = sorted(path.stem for path in STARTER.glob("*.toml"))
ROUNDS = 5
MOST_VARIANTS = 50


def main() -> None:
    """Measure and print a line for each language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lang", action="append", choices=LANGUAGES, help="default: all")
    for lang in parser.parse_args().lang or LANGUAGES:
        print(f"{lang}: {_figures([str(STARTER / f'{lang}.toml')])}", flush=True)


def _figures(files: list[str]) -> str:
    bank = load_bank(files)
    loading = median(_cpu(lambda: load_bank(files)) for _ in range(ROUNDS))
    rendering = median(_cpu(lambda: _render(bank)) for _ in range(ROUNDS))
    auditing = _cpu(lambda: audit(bank))
    return (
        f"{bank.variants:,} variants; loaded in {loading * 1e3:.0f} ms, "
        f"{rendering / _render(bank) * 1e6:.0f} us a variant put, audited in {auditing:.1f} s"
    )


def _render(bank: Bank) -> int:
    """Put up to ``MOST_VARIANTS`` variants of each question; return how many it were."""
    numbers = 0
    for question in bank.questions:
        some = range(min(question.wording.count, MOST_VARIANTS))
        for number in some:
            question.wording.variant(number)
        numbers += len(some)
    return numbers


def _cpu(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


if __name__ == "__main__":
    main()
