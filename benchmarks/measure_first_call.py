"""Print, as JSON, how long a fresh process takes to import, to steer once and to steer again.

python -m benchmarks.measure_first_call METHOD
"""

from __future__ import annotations

import json
import sys
import time


def main(method: str) -> dict[str, float]:
    """Return seconds: ``import``, ``first``, ``second``."""
    start = time.perf_counter()
    import disca_nb

    imported = time.perf_counter()
    from benchmarks.panels import as_dataset, make_panel

    dataset = as_dataset(make_panel(1_000), (10, 10, 10))
    ready = time.perf_counter()
    disca_nb.steer(dataset, method=method)
    first = time.perf_counter()
    disca_nb.steer(dataset, method=method)
    second = time.perf_counter()
    return {"import": imported - start, "first": first - ready, "second": second - first}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
