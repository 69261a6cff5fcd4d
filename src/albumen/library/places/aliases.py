"""Names of regions and countries in everyday use that the shipped tables lack."""

REGIONS: dict[str, str] = {
    "bayern": "DE.02", "baviera": "DE.02", "baviere": "DE.02", "sachsen": "DE.13", "hessen": "DE.05",
    "toscana": "IT.16", "toskana": "IT.16", "toscane": "IT.16", "sizilien": "IT.15", "sicilia": "IT.15",
    "sicile": "IT.15", "sardinien": "IT.14", "sardegna": "IT.14", "cerdena": "IT.14", "sardaigne": "IT.14",
    "lombardia": "IT.09", "lombardei": "IT.09", "puglia": "IT.13", "apulien": "IT.13", "south tyrol": "IT.17",
    "sudtirol": "IT.17", "bretagne": "FR.53", "normandie": "FR.28", "korsika": "FR.94", "corse": "FR.94",
    "corcega": "FR.94", "provence": "FR.93", "burgundy": "FR.27", "andalucia": "ES.51", "andalusien": "ES.51",
    "andalousie": "ES.51", "katalonien": "ES.56", "cataluna": "ES.56", "catalunya": "ES.56", "catalogne": "ES.56",
    "mallorca": "ES.07", "majorca": "ES.07", "ibiza": "ES.07", "balearen": "ES.07", "tenerife": "ES.53",
    "teneriffa": "ES.53", "canarias": "ES.53", "kanaren": "ES.53", "gran canaria": "ES.53", "tirol": "AT.07",
    "tyrol": "AT.07", "wallis": "CH.VS", "kalifornien": "US.CA", "californie": "US.CA", "加利福尼亚": "US.CA",
    "加州": "US.CA", "schottland": "GB.SCT", "escocia": "GB.SCT", "ecosse": "GB.SCT", "scozia": "GB.SCT",
    "苏格兰": "GB.SCT", "crete": "GR.ESYE43", "kreta": "GR.ESYE43", "creta": "GR.ESYE43", "bali": "ID.02",
    "hawai": "US.HI", "hawaï": "US.HI", "夏威夷": "US.HI", "floride": "US.FL", "inglaterra": "GB.ENG",
    "angleterre": "GB.ENG", "inghilterra": "GB.ENG", "英格兰": "GB.ENG", "西藏": "CN.14", "巴厘岛": "ID.02",
}  # fmt: skip
"""Regions by names that GeoNames' own table lacks, folded."""

COUNTRIES: dict[str, str] = {
    "usa": "US", "us": "US", "america": "US", "the states": "US", "uk": "GB",
    "britain": "GB", "great britain": "GB", "holland": "NL", "england": "", "schottland": "",
    "czech republic": "CZ", "tschechien": "CZ", "swiss": "CH", "turkey": "TR", "turquia": "TR", "turkei": "TR",
    "turquie": "TR", "turchia": "TR", "turkiye": "TR", "emirates": "AE", "uae": "AE", "burma": "MM",
    "ivory coast": "CI", "grossbritannien": "GB", "gran bretana": "GB", "grande bretagne": "GB",
    "gran bretagna": "GB", "estados unidos": "US", "etats unis": "US", "stati uniti": "US",
    "vereinigte staaten": "US", "amerika": "US", "holanda": "NL", "hollande": "NL", "olanda": "NL", "vatican": "VA",
    "south korea": "KR", "north korea": "KP", "russia": "RU", "hong kong": "HK", "macau": "MO", "palestine": "PS",
    "bosnia": "BA", "macedonia": "MK", "congo": "CD", "英国": "GB", "美国": "US", "香港": "HK", "澳门": "MO",
    "台湾": "TW",
}  # fmt: skip
"""Countries by names in everyday use that CLDR does not list, folded; an empty code means: this is a region."""
