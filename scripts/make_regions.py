"""Write data/regions.csv: the region and subregion of every country with human preferences.

    python scripts/make_regions.py

The groups are those of the United Nations' standard M49, "Standard country or area codes for
statistical use" (https://unstats.un.org/unsd/methodology/m49/). Where M49 has intermediate regions
(sub-Saharan Africa, Latin America and the Caribbean) these are the finest level, else the
subregions are. M49 has no group for Taiwan; it stands with Eastern Asia here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parent.parent / "data"
TARGET = DATA / "regions.csv"

GROUPS = {
    ("Africa", "Northern Africa", "Northern Africa"): "DZA EGY LBY MAR SDN TUN",
    ("Africa", "Sub-Saharan Africa", "Eastern Africa"): (
        "DJI ETH KEN MDG MOZ MUS MWI MYT REU RWA SOM SYC TZA UGA ZMB ZWE"
    ),
    ("Africa", "Sub-Saharan Africa", "Middle Africa"): "AGO CMR COD GAB",
    ("Africa", "Sub-Saharan Africa", "Southern Africa"): "BWA NAM ZAF",
    ("Africa", "Sub-Saharan Africa", "Western Africa"): "BFA CIV CPV GHA GIN LBR MRT NGA SEN TGO",
    ("Americas", "Latin America and the Caribbean", "Caribbean"): (
        "ABW ATG BES BHS BRB CUB CUW CYM DMA DOM GLP GRD "
        "HTI JAM LCA MAF MTQ PRI SXM TCA TTO VCT VIR"
    ),
    ("Americas", "Latin America and the Caribbean", "Central America"): (
        "BLZ CRI GTM HND MEX NIC PAN SLV"
    ),
    ("Americas", "Latin America and the Caribbean", "South America"): (
        "ARG BOL BRA CHL COL ECU GUF GUY PER PRY SUR URY VEN"
    ),
    ("Americas", "Northern America", "Northern America"): "BMU CAN GRL SPM USA",
    ("Asia", "Central Asia", "Central Asia"): "KAZ KGZ TJK UZB",
    ("Asia", "Eastern Asia", "Eastern Asia"): "CHN HKG JPN KOR MAC MNG PRK TWN",
    ("Asia", "South-eastern Asia", "South-eastern Asia"): (
        "BRN IDN KHM LAO MMR MYS PHL SGP THA TLS VNM"
    ),
    ("Asia", "Southern Asia", "Southern Asia"): "AFG BGD IND IRN LKA MDV NPL PAK",
    ("Asia", "Western Asia", "Western Asia"): (
        "ARE ARM AZE BHR CYP GEO IRQ ISR JOR KWT LBN OMN PSE QAT SAU SYR TUR YEM"
    ),
    ("Europe", "Eastern Europe", "Eastern Europe"): "BGR BLR CZE HUN MDA POL ROU RUS SVK UKR",
    ("Europe", "Northern Europe", "Northern Europe"): (
        "ALA DNK EST FIN FRO GBR GGY IMN IRL ISL JEY LTU LVA NOR SWE"
    ),
    ("Europe", "Southern Europe", "Southern Europe"): (
        "ALB AND BIH ESP GIB GRC HRV ITA MKD MLT MNE PRT SMR SRB SVN VAT"
    ),
    ("Europe", "Western Europe", "Western Europe"): "AUT BEL CHE DEU FRA LIE LUX MCO NLD",
    ("Oceania", "Australia and New Zealand", "Australia and New Zealand"): "AUS NZL",
    ("Oceania", "Melanesia", "Melanesia"): "FJI NCL PNG",
    ("Oceania", "Micronesia", "Micronesia"): "GUM MNP",
    ("Oceania", "Polynesia", "Polynesia"): "ASM PYF",
}


def main() -> None:
    """Check that every country with human preferences has one group, and write the table."""
    rows = [
        {"country": country, "region": region, "subregion": subregion, "finest": finest}
        for (region, subregion, finest), countries in GROUPS.items()
        for country in countries.split()
    ]
    table = pd.DataFrame(rows).sort_values("country")
    known = pd.read_csv(DATA / "human_preferences.csv", keep_default_na=False)["country"].unique()
    if sorted(known) != table["country"].tolist():
        wrong = sorted(set(known) ^ set(table["country"])) or "a country twice"
        sys.exit(f"Mend the groups: {wrong}")
    table.to_csv(TARGET, index=False, lineterminator="\n")
    print(f"{TARGET.name}: {len(table)} countries, {table['finest'].nunique()} groups")


if __name__ == "__main__":
    main()
