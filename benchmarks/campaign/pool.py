"""Chunks done by processes with one BLAS thread each, and kept on disk, so that a run that was stopped goes on."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from time import perf_counter

from benchmarks.campaign.plan import Chunk, Record, work

ROOT = Path(__file__).parent.parent.parent
HOME = ROOT / "build" / "campaign"
SOURCES = ("eigcheck", "benchmarks/campaign")

ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}


def sources() -> str:
    """A digest of everything that the results depend on: results of other sources are not taken for these."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def do(chunks: Sequence[Chunk], jobs: int, folder: Path) -> list[Record]:
    """The records of all chunks, each with its experiment; what lies in `folder` already is not done again."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [chunk for chunk in chunks if not _kept(chunk, folder).exists()]
    print(f"{len(chunks) - len(missing)} of {len(chunks)} chunks are there; {len(missing)} to do", file=sys.stderr)
    os.environ.update(ONE_THREAD)
    started = perf_counter()
    if missing:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            waiting = {pool.submit(_do_one, chunk, folder): chunk for chunk in missing}
            for count, done in enumerate(as_completed(waiting), 1):
                done.result()
                if count % 20 == 0 or count == len(waiting):
                    print(f"  {count} of {len(waiting)} in {perf_counter() - started:.0f} s", file=sys.stderr)
    return [record for chunk in chunks for record in _read(_kept(chunk, folder), chunk)]


def _kept(chunk: Chunk, folder: Path) -> Path:
    return folder / f"{chunk.name}.jsonl"


def _do_one(chunk: Chunk, folder: Path) -> None:
    _write(_kept(chunk, folder), work(chunk))


def _write(path: Path, records: Iterable[Record]) -> None:
    """Whole or not at all."""
    half = path.with_suffix(f".{os.getpid()}")
    half.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    half.replace(path)


def _read(path: Path, chunk: Chunk) -> list[Record]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [{"experiment": chunk.experiment} | json.loads(line) for line in lines]
