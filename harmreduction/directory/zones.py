"""Which time zone a place is in, guessed from its state or province and its position.

For records whose source does not say. Most states have one zone; of the others, the parts that differ are boxes drawn
roughly along county lines, so a guess near such a line can be an hour off and a person can correct it.
"""

from dataclasses import dataclass

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
ATLANTIC = "America/Halifax"

ZONES: dict[str, str] = {
    **dict.fromkeys(("CT", "DC", "DE", "FL", "GA", "KY", "MA", "MD", "ME", "NC", "NH", "NJ", "NY", "OH"), EASTERN),
    **dict.fromkeys(("PA", "RI", "SC", "VA", "VT", "WV"), EASTERN),
    **dict.fromkeys(("AL", "AR", "IA", "IL", "KS", "LA", "MN", "MO", "MS", "ND", "NE", "OK", "SD"), CENTRAL),
    **dict.fromkeys(("TN", "TX", "WI"), CENTRAL),
    **dict.fromkeys(("CO", "MT", "NM", "UT", "WY"), MOUNTAIN),
    **dict.fromkeys(("CA", "NV", "OR", "WA"), PACIFIC),
    "AK": "America/Anchorage",
    "AZ": "America/Phoenix",
    "HI": "Pacific/Honolulu",
    "ID": "America/Boise",
    "IN": "America/Indiana/Indianapolis",
    "MI": "America/Detroit",
    # Territories of the United States
    "AS": "Pacific/Pago_Pago",
    "GU": "Pacific/Guam",
    "MP": "Pacific/Guam",
    "PR": "America/Puerto_Rico",
    "VI": "America/Puerto_Rico",
    # Provinces and territories of Canada
    "AB": "America/Edmonton",
    "BC": "America/Vancouver",
    "MB": "America/Winnipeg",
    "NB": "America/Moncton",
    "NL": "America/St_Johns",
    "NS": ATLANTIC,
    "NT": "America/Edmonton",
    "NU": "America/Iqaluit",
    "ON": "America/Toronto",
    "PE": ATLANTIC,
    "QC": "America/Toronto",
    "SK": "America/Regina",
    "YT": "America/Whitehorse",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a state with another zone: a box in degrees; one with a south or north needs the latitude."""

    zone: str
    west: float = -180
    east: float = 180
    south: float = -90
    north: float = 90

    def holds(self, longitude: float, latitude: float | None) -> bool:
        """Say whether a position lies in this part."""
        if not self.west <= longitude <= self.east:
            return False
        if latitude is None:
            return (self.south, self.north) == (-90, 90)
        return self.south <= latitude <= self.north


PARTS: dict[str, tuple[Part, ...]] = {
    "AK": (Part(zone="America/Adak", east=-169.5),),
    "AZ": (Part(zone=MOUNTAIN, west=-111.35, south=35.5),),  # the Navajo Nation keeps daylight saving time
    "FL": (Part(zone=CENTRAL, east=-85.0),),
    "ID": (Part(zone=PACIFIC, east=-114.4, south=45.45),),
    "IN": (
        Part(zone=CENTRAL, east=-86.5, south=40.9),  # Gary
        Part(zone=CENTRAL, east=-86.45, north=38.25),  # Evansville
    ),
    "KS": (Part(zone=MOUNTAIN, east=-101.48, south=37.73, north=39.57),),
    "KY": (Part(zone=CENTRAL, east=-86.2),),
    "MI": (
        Part(zone=CENTRAL, east=-89.5),
        Part(zone=CENTRAL, east=-87.6, north=46.2),  # Menominee, Iron Mountain
    ),
    "ND": (Part(zone=MOUNTAIN, east=-101.9, north=47.4),),
    "NE": (Part(zone=MOUNTAIN, east=-101.3),),
    "OR": (Part(zone="America/Boise", west=-118.2, south=42.45, north=44.3),),
    "SD": (Part(zone=MOUNTAIN, east=-101.0),),
    "TN": (
        Part(zone=EASTERN, west=-84.9),
        Part(zone=EASTERN, west=-85.15, north=35.75),  # Dayton
        Part(zone=EASTERN, west=-85.35, north=35.4),  # Chattanooga
    ),
    "TX": (Part(zone=MOUNTAIN, east=-104.9),),
    "BC": (
        Part(zone="America/Fort_Nelson", west=-125, south=55.5),
        Part(zone="America/Edmonton", west=-117.2, south=50.5),  # Golden
        Part(zone="America/Edmonton", west=-116.2, north=50.8),  # Cranbrook
    ),
    "NL": (Part(zone="America/Goose_Bay", east=-57, south=52),),
    "NU": (
        Part(zone="America/Cambridge_Bay", east=-102),
        Part(zone="America/Rankin_Inlet", east=-85),
    ),
    "ON": (Part(zone="America/Winnipeg", east=-90, south=49.2), Part(zone="America/Winnipeg", east=-92)),
    "QC": (Part(zone="America/Puerto_Rico", west=-63, south=49.5),),  # Blanc-Sablon
}


def zone_of(state: str, longitude: float | None = None, latitude: float | None = None) -> str | None:
    """Return the IANA zone of a state or province by its two letters, like "FL" or "bc"; None if there is no such.

    Where a state has two zones and the position is not given, it is the zone in which most people there live.
    """
    code = state.strip().upper()
    if longitude is not None:
        for part in PARTS.get(code, ()):
            if part.holds(longitude, latitude):
                return part.zone
    return ZONES.get(code)
