"""Write data/tiles.csv: where every country stands on a tile map of the world.

    python scripts/make_tiles.py

Every country of the English language pack gets one square of a grid. The places come from the
degrees below, by hand and rounded: about the middle of a country, or where most of its people
live. A longitude is moved towards its rank among all, and so a latitude, which makes room where
countries are small and many. Then the squares are dealt out so that the sum of squared moves is
least (the assignment problem), which keeps neighbours near each other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from scipy.optimize import linear_sum_assignment

DATA = Path(__file__).parent.parent / "data"
TARGET = DATA / "tiles.csv"
COLUMNS, ROWS = 27, 17
# Share of the rank in a place; the rest is the degree itself.
EVEN_X, EVEN_Y = 0.45, 0.45

# Country, latitude north and longitude east.
DEGREES = """
ABW 13 -70, AFG 34 66, AGO -12 18, ALA 60 20, ALB 41 20, AND 43 2, ARE 24 54, ARG -34 -64,
ARM 40 45, ASM -14 -171, ATG 17 -62, AUS -25 134, AUT 48 14, AZE 40 48, BEL 51 5, BES 12 -68,
BFA 12 -2, BGD 24 90, BGR 43 25, BHR 26 51, BHS 24 -76, BIH 44 18, BLR 54 28, BLZ 17 -89,
BMU 32 -65, BOL -17 -65, BRA -10 -53, BRB 13 -60, BRN 4 115, BWA -22 24, CAN 60 -96, CHE 47 8,
CHL -30 -71, CHN 35 103, CIV 8 -6, CMR 6 12, COD -3 24, COL 4 -73, CPV 16 -24, CRI 10 -84,
CUB 22 -79, CUW 12 -69, CYM 19 -81, CYP 35 33, CZE 50 15, DEU 51 10, DJI 12 43, DMA 15 -61,
DNK 56 10, DOM 19 -70, DZA 28 3, ECU -1 -78, EGY 27 30, ESP 40 -4, EST 59 26, ETH 9 40,
FIN 64 26, FJI -18 178, FRA 47 2, FRO 62 -7, GAB -1 12, GBR 54 -2, GEO 42 43, GGY 49 -3,
GHA 8 -1, GIB 36 -5, GIN 10 -11, GLP 16 -62, GRC 39 22, GRD 12 -62, GRL 72 -40, GTM 16 -90,
GUF 4 -53, GUM 13 145, GUY 5 -59, HKG 22 114, HND 15 -87, HRV 45 16, HTI 19 -72, HUN 47 19,
IDN -2 118, IMN 54 -5, IND 22 79, IRL 53 -8, IRN 32 54, IRQ 33 44, ISL 65 -19, ISR 31 35,
ITA 43 12, JAM 18 -77, JEY 49 -2, JOR 31 36, JPN 37 138, KAZ 48 67, KEN 1 38, KGZ 41 75,
KHM 13 105, KOR 36 128, KWT 29 48, LAO 18 104, LBN 34 36, LBR 6 -9, LBY 27 18, LCA 14 -61,
LIE 47 10, LKA 8 81, LTU 55 24, LUX 50 6, LVA 57 25, MAC 22 114, MAF 18 -63, MAR 32 -6,
MCO 44 7, MDA 47 28, MDG -19 47, MDV 3 73, MEX 24 -102, MKD 42 22, MLT 36 14, MMR 21 97,
MNE 43 19, MNG 47 104, MNP 15 146, MOZ -17 35, MRT 20 -10, MTQ 15 -61, MUS -20 58, MWI -13 34,
MYS 4 102, MYT -13 45, NAM -22 17, NCL -21 165, NGA 10 8, NIC 13 -85, NIR 55 -7, NLD 52 5,
NOR 62 10, NPL 28 84, NZL -42 173, OMN 21 57, PAK 30 70, PAN 9 -80, PER -10 -75, PHL 12 122,
PNG -6 144, POL 52 19, PRI 18 -66, PRK 40 127, PRT 40 -8, PRY -23 -58, PSE 32 35, PYF -18 -149,
QAT 25 51, REU -21 56, ROU 46 25, RUS 60 90, RWA -2 30, SAU 24 45, SDN 16 30, SEN 14 -14,
SGP 1 104, SLV 14 -89, SMR 44 12, SOM 5 46, SPM 47 -56, SRB 44 21, SUR 4 -56, SVK 49 20,
SVN 46 15, SWE 62 16, SXM 18 -63, SYC -5 55, SYR 35 38, TCA 22 -72, TGO 9 1, THA 15 101,
TJK 39 71, TLS -9 126, TTO 10 -61, TUN 34 10, TUR 39 35, TWN 24 121, TZA -6 35, UGA 1 32,
UKR 49 32, URY -33 -56, USA 40 -98, UZB 41 64, VAT 42 12, VCT 13 -61, VEN 7 -66, VIR 18 -65,
VNM 16 107, YEM 16 48, ZAF -29 25, ZMB -14 28, ZWE -19 30
"""


def main() -> None:
    """Check that every country of the pack has a place, deal out the squares, write the table."""
    table = pd.DataFrame(
        [entry.split() for entry in DEGREES.replace("\n", " ").split(",")],
        columns=["country", "north", "east"],
    ).astype({"north": float, "east": float})
    pack = json.loads((DATA / "packs" / "en.json").read_text(encoding="utf-8"))
    if sorted(table["country"]) != sorted(pack["countries"]):
        wrong = sorted(set(table["country"]) ^ set(pack["countries"])) or "a country twice"
        sys.exit(f"Mend the degrees: {wrong}")
    x = spread(table["east"].to_numpy(), EVEN_X) * (COLUMNS - 1)
    y = spread(-table["north"].to_numpy(), EVEN_Y) * (ROWS - 1)
    columns, rows = dealt(x, y)
    moved = np.hypot(columns - x, rows - y)
    tiles = pd.DataFrame({"country": table["country"], "column": columns, "row": rows})
    tiles = tiles.sort_values("country")
    tiles.to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{TARGET.name}: {len(tiles)} countries, moved {moved.mean():.2f} squares on average")


def spread(degrees: npt.NDArray[np.float64], even: float) -> npt.NDArray[np.float64]:
    """Return degrees on 0 to 1, moved by the share ``even`` towards their ranks."""
    low, high = float(degrees.min()), float(degrees.max())
    rank = stats.rankdata(degrees) - 1.0
    return (1.0 - even) * (degrees - low) / (high - low) + even * rank / float(rank.max())


def dealt(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return a column and a row for each place, none twice, as near as possible on the whole."""
    columns, rows = (grid.ravel() for grid in np.meshgrid(np.arange(COLUMNS), np.arange(ROWS)))
    cost = (x[:, None] - columns) ** 2 + (y[:, None] - rows) ** 2
    _, chosen = linear_sum_assignment(cost)
    return columns[chosen], rows[chosen]


if __name__ == "__main__":
    main()
