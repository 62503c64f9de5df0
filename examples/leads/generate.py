#!/usr/bin/env python3
"""Writes examples/leads.csv: invented leads in eighteen scripts, with everything in them that breaks careless code.

    python3 examples/leads/generate.py            writes examples/leads.csv
    python3 examples/leads/generate.py --check    fails when it is not what would be written

The standard library suffices, and the same bytes come out everywhere. People and companies are invented: given names and
family names are common ones, put together by chance. E-mail addresses and websites lie in the domains of RFC 2606.
"""

import csv
import io
import pathlib
import sys
import unicodedata

sys.dont_write_bytecode = True

from people import PLACES  # noqa: E402

LEADS = 1200
TARGET = pathlib.Path(__file__).resolve().parent.parent / "leads.csv"

HEADING = [
    "Email Address", "Salutation", "First Name", "Last Name", "Job Title", "Phone Number", "Date of Birth",
    "Company Name", "Country", "City", "Website", "Num Employees", "Annual Revenue",
    "Lead Source", "Lead Status", "Unsubscribed", "Person Notes",
]

SOURCES = ["Trade Show", "Web Form", "Référence client", "Webinar: \"First Steps\"", "Partner & Friends", "Рассылка", "展示会", ""]
STATUSES = ["New", "Open", "Working", "Nurture", ""]
DOMAINS = ["example.com", "example.org", "example.net"]

# Each is somebody's real input, some day: it has to arrive as it is, in whatever encoding.
NOTES = [
    "Met at the fair.\nCall back, please; \"not before ten\".",
    "Said: \"Send me the price list, the short one.\"",
    "Prefers <b>tea</b> & biscuits; no calls after 17:00",
    "👩‍💻 on sick leave 🤒, back in May 🌷",
    "🏳️‍🌈🇺🇦🇰🇷 visitors’ day — ½ price, 20 €",
    "{{my.secret}} is what stands in the form, literally",
    "{\"a\": [1, 2, {\"b\": null}]}",
    "C:\\leads\\new\\table.csv",
    "=HYPERLINK(\"https://example.com\")",
    "100 % sure; a+b=c&d=e#f?g",
    "مكالمة قادمة يوم الأحد, room 4",
    "שיחה ביום ראשון, 10:00 — room 4",
    "first line\r\nsecond line\r\n\r\nfourth line",
    "tab\there, trailing commas,,,",
    "cafe\u0301 with a combining accent, café without",
    "]]> and <!-- and &amp; and 𝒳 beyond the basic plane",
    "0012", "true", "null", "-",
]


class Chance:
    """A linear congruential generator (Knuth's MMIX constants): no library's next version changes what it gives."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit

    def one_of(self, things):
        return things[self.below(len(things))]

    def percent(self, share):
        return self.below(100) < share


def companies(chance):
    """Per place its companies; leads of one company agree on its website and size, as they would."""
    made = {}
    for number, place in enumerate(PLACES):
        made[place.country] = [
            {
                "Company Name": name,
                "Website": "" if chance.percent(15) else f"https://{place.slug}{at + 1}.{DOMAINS[number % 3]}/?ref=a&lang={place.slug}",
                "Num Employees": "" if chance.percent(20) else str([3, 12, 48, 230, 999, 4200, 120000][chance.below(7)]),
                "Annual Revenue": "" if chance.percent(50) else f"{chance.below(90_000_000) + 10_000}.{chance.below(100):02}",
            }
            for at, name in enumerate(place.companies)
        ]
    return made


def lead(number, place, company, chance, taken):
    first, last = chance.one_of(place.first), chance.one_of(place.last)
    cells = dict.fromkeys(HEADING, "")
    cells.update(company)
    cells["Email Address"] = email(first[1], last[1], DOMAINS[number % 3], taken)
    cells["First Name"] = "" if chance.percent(4) else first[0]
    cells["Last Name"] = last[0]
    cells["Job Title"] = "" if chance.percent(12) else chance.one_of(place.titles)
    cells["Country"] = place.country
    cells["City"] = "" if chance.percent(10) else chance.one_of(place.cities)
    cells["Salutation"] = chance.one_of(["Dr.", "Prof.", "", "", "", ""])
    # 555-01xx is set aside for fiction; elsewhere such a number is too short to be anyone's.
    cells["Phone Number"] = "" if chance.percent(25) else f"+{place.calling_code} 555 01{chance.below(100):02}"
    if chance.percent(30):
        cells["Date of Birth"] = f"{1950 + chance.below(55)}-{1 + chance.below(12):02}-{1 + chance.below(28):02}"
    cells["Lead Source"] = chance.one_of(SOURCES)
    cells["Lead Status"] = chance.one_of(STATUSES)
    cells["Unsubscribed"] = chance.one_of(["", "", "", "false", "true", "no", "yes"])
    if chance.percent(35):
        cells["Person Notes"] = chance.one_of(NOTES)
    return [cells[column] for column in HEADING]


def email(first, last, domain, taken):
    """An address that nobody has yet."""
    base, number = f"{first}.{last}", 1
    while True:
        address = f"{base}{number if number > 1 else ''}@{domain}"
        if address not in taken:
            taken.add(address)
            return address
        number += 1


def table():
    chance, taken = Chance(20130808), set()
    firms = companies(chance)
    rows = []
    for number in range(LEADS):
        # Place after place, so that any stretch of the file shows many scripts.
        place = PLACES[number % len(PLACES)]
        rows.append(lead(number, place, chance.one_of(firms[place.country]), chance, taken))
    return rows


def csv_text():
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADING)
    writer.writerows(table())
    return text.getvalue()


def scripts(text):
    """The writing systems of a text, by the first word of each letter's Unicode name."""
    return {unicodedata.name(c, "?").split()[0] for c in text if unicodedata.category(c) in ("Lo", "Lu", "Ll")}


def main():
    wanted = csv_text().encode("utf-8")
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_bytes() != wanted:
            sys.exit(f"{TARGET.name} is not what this program writes; mend it with: python3 examples/leads/generate.py")
        return
    TARGET.write_bytes(wanted)
    print(f"{LEADS} leads in {TARGET}; scripts: {', '.join(sorted(scripts(wanted.decode())))}")


if __name__ == "__main__":
    main()
