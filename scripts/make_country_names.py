"""Write data/country_names.csv: how surveys spell the countries, and the code of each.

    python scripts/make_country_names.py

Written by hand for this project. A line below is the ISO 3166-1 alpha-3 and alpha-2 code, the
name that the package shows, and other spellings that surveys use. Two codes are not of the
standard: XKX (Kosovo, user-assigned) and NIR (Northern Ireland, which the World Values Survey
counts apart). No spelling stands for two countries: "Korea", "Congo" and "Ireland" alone mean the
country that surveys mean by them, "Germany (East)" and the like stay a sample of their own.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from disca_nb.datasets.country_names import fold

TARGET = Path(__file__).parent.parent / "data" / "country_names.csv"

NAMES = """
ABW AW | Aruba
AFG AF | Afghanistan
AGO AO | Angola
AIA AI | Anguilla
ALA AX | Åland | Åland Islands | Aland Islands
ALB AL | Albania
AND AD | Andorra
ARE AE | United Arab Emirates | UAE | U.A.E. | Emirates
ARG AR | Argentina
ARM AM | Armenia
ASM AS | American Samoa
ATA AQ | Antarctica
ATF TF | French Southern Territories
ATG AG | Antigua and Barbuda
AUS AU | Australia
AUT AT | Austria
AZE AZ | Azerbaijan
BDI BI | Burundi
BEL BE | Belgium
BEN BJ | Benin
BES BQ | Caribbean Netherlands | Bonaire, Sint Eustatius and Saba
BFA BF | Burkina Faso | Burkina
BGD BD | Bangladesh
BGR BG | Bulgaria
BHR BH | Bahrain
BHS BS | Bahamas
BIH BA | Bosnia and Herzegovina | Bosnia Herzegovina | Bosnia-Herzegovina | Bosnia | Bosnia and Herz. | BiH
BLM BL | Saint Barthélemy | St. Barthelemy
BLR BY | Belarus | Byelorussia | Belorussia
BLZ BZ | Belize
BMU BM | Bermuda
BOL BO | Bolivia | Bolivia, Plurinational State of | Plurinational State of Bolivia
BRA BR | Brazil | Brasil
BRB BB | Barbados
BRN BN | Brunei | Brunei Darussalam
BTN BT | Bhutan
BVT BV | Bouvet Island
BWA BW | Botswana
CAF CF | Central African Republic | Central African Rep.
CAN CA | Canada
CCK CC | Cocos Islands | Cocos (Keeling) Islands
CHE CH | Switzerland
CHL CL | Chile
CHN CN | China | People's Republic of China | PR China | P.R. China | Mainland China | China, People's Republic of
CIV CI | Côte d'Ivoire | Ivory Coast | Cote d Ivoire
CMR CM | Cameroon
COD CD | Democratic Republic of the Congo | DR Congo | D.R. Congo | Congo, Democratic Republic of the | Congo, Democratic Republic | Congo (Kinshasa) | Congo-Kinshasa | DRC | Dem. Rep. Congo | Democratic Republic of Congo | Zaire
COG CG | Republic of the Congo | Congo | Congo, Republic of | Congo (Brazzaville) | Congo-Brazzaville | Republic of Congo
COK CK | Cook Islands
COL CO | Colombia
COM KM | Comoros
CPV CV | Cabo Verde | Cape Verde
CRI CR | Costa Rica
CUB CU | Cuba
CUW CW | Curaçao
CXR CX | Christmas Island
CYM KY | Cayman Islands
CYP CY | Cyprus | Republic of Cyprus | Cyprus (Republic)
CZE CZ | Czechia | Czech Republic | Czech Rep.
DEU DE | Germany | Federal Republic of Germany
DJI DJ | Djibouti
DMA DM | Dominica
DNK DK | Denmark
DOM DO | Dominican Republic | Dominican Rep.
DZA DZ | Algeria
ECU EC | Ecuador
EGY EG | Egypt | Egypt, Arab Republic of | Egypt, Arab Rep.
ERI ER | Eritrea
ESH EH | Western Sahara
ESP ES | Spain
EST EE | Estonia
ETH ET | Ethiopia
FIN FI | Finland
FJI FJ | Fiji
FLK FK | Falkland Islands
FRA FR | France
FRO FO | Faroe Islands
FSM FM | Micronesia | Micronesia, Federated States of | Federated States of Micronesia
GAB GA | Gabon
GBR GB | Great Britain | Britain | United Kingdom | UK | U.K. | United Kingdom of Great Britain and Northern Ireland | Gr. Britain
GEO GE | Georgia
GGY GG | Guernsey
GHA GH | Ghana
GIB GI | Gibraltar
GIN GN | Guinea
GLP GP | Guadeloupe
GMB GM | Gambia
GNB GW | Guinea-Bissau
GNQ GQ | Equatorial Guinea
GRC GR | Greece
GRD GD | Grenada
GRL GL | Greenland
GTM GT | Guatemala
GUF GF | French Guiana
GUM GU | Guam
GUY GY | Guyana
HKG HK | Hong Kong | Hong Kong SAR | Hong Kong, SAR | Hong Kong SAR, China | Hong Kong, China | Hong Kong (China)
HMD HM | Heard Island and McDonald Islands
HND HN | Honduras
HRV HR | Croatia
HTI HT | Haiti
HUN HU | Hungary
IDN ID | Indonesia
IMN IM | Isle of Man
IND IN | India
IOT IO | British Indian Ocean Territory
IRL IE | Ireland | Republic of Ireland | Ireland, Republic of | Eire
IRN IR | Iran | Iran, Islamic Republic of | Iran, Islamic Rep. | Islamic Republic of Iran | Iran (Islamic Republic of)
IRQ IQ | Iraq
ISL IS | Iceland
ISR IL | Israel
ITA IT | Italy
JAM JM | Jamaica
JEY JE | Jersey
JOR JO | Jordan
JPN JP | Japan
KAZ KZ | Kazakhstan | Kazakstan
KEN KE | Kenya
KGZ KG | Kyrgyzstan | Kyrgyz Republic | Kirghizia | Kyrgyz Rep.
KHM KH | Cambodia
KIR KI | Kiribati
KNA KN | Saint Kitts and Nevis | St. Kitts and Nevis
KOR KR | South Korea | S. Korea | Korea, Republic of | Republic of Korea | Korea (Republic of) | Korea (South) | Korea, South | Korea, Rep. | Korea | Korea South | ROK | 한국 | 대한민국
KWT KW | Kuwait
LAO LA | Laos | Lao PDR | Lao People's Democratic Republic
LBN LB | Lebanon
LBR LR | Liberia
LBY LY | Libya | Libyan Arab Jamahiriya
LCA LC | Saint Lucia | St. Lucia
LIE LI | Liechtenstein
LKA LK | Sri Lanka
LSO LS | Lesotho
LTU LT | Lithuania
LUX LU | Luxembourg
LVA LV | Latvia
MAC MO | Macao | Macau | Macao SAR | Macau SAR | Macao, SAR | Macau SAR, China | Macao SAR, China
MAF MF | Saint Martin | St. Martin
MAR MA | Morocco
MCO MC | Monaco
MDA MD | Moldova | Moldova, Republic of | Republic of Moldova
MDG MG | Madagascar
MDV MV | Maldives
MEX MX | Mexico
MHL MH | Marshall Islands
MKD MK | North Macedonia | Macedonia | Macedonia, FYR | FYR Macedonia | FYROM | Republic of Macedonia | N. Macedonia | Republic of North Macedonia | Macedonia, Republic of | Macedonia (FYROM)
MLI ML | Mali
MLT MT | Malta
MMR MM | Myanmar | Burma | Myanmar (Burma) | Burma/Myanmar
MNE ME | Montenegro
MNG MN | Mongolia
MNP MP | Northern Mariana Islands
MOZ MZ | Mozambique
MRT MR | Mauritania
MSR MS | Montserrat
MTQ MQ | Martinique
MUS MU | Mauritius
MWI MW | Malawi
MYS MY | Malaysia
MYT YT | Mayotte
NAM NA | Namibia
NCL NC | New Caledonia
NER NE | Niger
NFK NF | Norfolk Island
NGA NG | Nigeria
NIC NI | Nicaragua
NIR - | Northern Ireland | N. Ireland | N.Ireland
NIU NU | Niue
NLD NL | Netherlands | Holland
NOR NO | Norway
NPL NP | Nepal
NRU NR | Nauru
NZL NZ | New Zealand
OMN OM | Oman
PAK PK | Pakistan
PAN PA | Panama
PCN PN | Pitcairn
PER PE | Peru
PHL PH | Philippines
PLW PW | Palau
PNG PG | Papua New Guinea
POL PL | Poland
PRI PR | Puerto Rico
PRK KP | North Korea | N. Korea | Korea, Democratic People's Republic of | Democratic People's Republic of Korea | Korea (North) | Korea, North | DPRK
PRT PT | Portugal
PRY PY | Paraguay
PSE PS | Palestinian Territories | Palest. ter. | Palestine | Palestinian ter. | Palestine, State of | State of Palestine | Palestinian Territory | West Bank and Gaza | Palestinian Authority | Occupied Palestinian Territory
PYF PF | French Polynesia
QAT QA | Qatar
REU RE | Réunion
ROU RO | Romania | Rumania
RUS RU | Russia | Russian Federation
RWA RW | Rwanda
SAU SA | Saudi Arabia
SDN SD | Sudan
SEN SN | Senegal
SGP SG | Singapore
SGS GS | South Georgia and the South Sandwich Islands
SHN SH | Saint Helena | St. Helena
SJM SJ | Svalbard and Jan Mayen
SLB SB | Solomon Islands
SLE SL | Sierra Leone
SLV SV | El Salvador | Salvador
SMR SM | San Marino
SOM SO | Somalia
SPM PM | Saint Pierre and Miquelon | St. Pierre and Miquelon
SRB RS | Serbia | Republic of Serbia
SSD SS | South Sudan | S. Sudan
STP ST | São Tomé and Príncipe | Sao Tome
SUR SR | Suriname | Surinam
SVK SK | Slovakia | Slovak Republic | Slovak Rep.
SVN SI | Slovenia
SWE SE | Sweden
SWZ SZ | Eswatini | Swaziland
SXM SX | Sint Maarten
SYC SC | Seychelles
SYR SY | Syria | Syrian Arab Republic
TCA TC | Turks and Caicos Islands
TCD TD | Chad
TGO TG | Togo
THA TH | Thailand
TJK TJ | Tajikistan
TKL TK | Tokelau
TKM TM | Turkmenistan
TLS TL | Timor-Leste | East Timor
TON TO | Tonga
TTO TT | Trinidad and Tobago | Trinidad
TUN TN | Tunisia
TUR TR | Turkey | Türkiye | Turkiye | Republic of Turkey | Republic of Türkiye
TUV TV | Tuvalu
TWN TW | Taiwan | Taiwan ROC | Taiwan, ROC | Taiwan R.O.C. | Taiwan (ROC) | Taiwan, Province of China | Chinese Taipei | Republic of China | Taiwan, China
TZA TZ | Tanzania | Tanzania, United Republic of | United Republic of Tanzania
UGA UG | Uganda
UKR UA | Ukraine
UMI UM | United States Minor Outlying Islands
URY UY | Uruguay
USA US | United States | United States of America | U.S. | U.S.A. | US of America | America
UZB UZ | Uzbekistan
VAT VA | Vatican City | Holy See | Vatican
VCT VC | Saint Vincent and the Grenadines | St. Vincent and the Grenadines
VEN VE | Venezuela | Venezuela, RB | Venezuela, Bolivarian Republic of | Bolivarian Republic of Venezuela
VGB VG | British Virgin Islands | Virgin Islands (British)
VIR VI | US Virgin Islands | U.S. Virgin Islands | Virgin Islands (U.S.)
VNM VN | Vietnam | Viet Nam
VUT VU | Vanuatu
WLF WF | Wallis and Futuna
WSM WS | Samoa
XKX - | Kosovo | Republic of Kosovo
YEM YE | Yemen | Yemen, Rep. | Republic of Yemen
ZAF ZA | South Africa | S. Africa | Republic of South Africa
ZMB ZM | Zambia
ZWE ZW | Zimbabwe
"""  # noqa: E501 - a country is a line


def rows() -> dict[str, tuple[str, str]]:
    """Return code and spelling by what is looked up; a country's shown name comes first.

    Spellings that the look-up takes for the same are written once.
    """
    result: dict[str, tuple[str, str]] = {}
    for line in NAMES.strip().splitlines():
        codes, *names = (part.strip() for part in line.split("|"))
        code, short = codes.split()
        for name in (*names, *([] if short == "-" else [short])):
            key = name if len(name) == 2 else fold(name)
            if result.setdefault(key, (code, name))[0] != code:
                sys.exit(f"Mend the names: {name!r} is of {code} and of {result[key][0]}")
    return result


def main() -> None:
    """Check that no spelling stands for two countries, and write the table."""
    table = list(rows().values())
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("country", "name"))
        writer.writerows(table)
    print(f"{TARGET.name}: {len({code for code, _ in table})} countries, {len(table)} spellings")


if __name__ == "__main__":
    main()
