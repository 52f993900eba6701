"""The words of one language, as screens ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time

from babel import Locale
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_day_names,
    get_timezone_location,
    get_timezone_name,
)

from bot.content.holidays import regions
from bot.content.language import Language
from bot.content.pages import ELSEWHERE, CrisisCard, Item, Label, Pages, Practice, Prompt

NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""What CLDR lists among countries for other purposes: unions, tests of software, "unknown"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Sentences by key, content by name, days and hours as people of that language write them."""

    spoken: Language
    sentences: Mapping[str, str]
    pages: Pages
    languages: tuple[Language, ...]
    """All that are on, for the choice between them."""

    @property
    def language(self) -> str:
        return self.spoken.code

    def __call__(self, key: str, /, **facts: str | int) -> str:
        """The sentence with its facts put in; KeyError for a key no catalog has or a fact not given."""
        return self.sentences[key].format_map(facts)

    def item(self, key: str, *, remote: bool = False) -> Item:
        """A question, in its wording for people who work away from an office if it has one."""
        item = self.pages.items[key]
        return replace(item, text=self.pages.remote.get(key, item.text)) if remote else item

    def scale(self, letter: str) -> tuple[Label, ...]:
        return self.pages.scales[letter]

    def phrase(self, key: str) -> str:
        """A sentence that can be said with others."""
        return self.pages.phrases[key]

    def practice(self, key: str) -> Practice:
        return self.pages.practices[key]

    def prompt(self, number: int) -> Prompt:
        """Prompt 1 to 12."""
        return self.pages.prompts[number]

    def crisis(self, country: str) -> CrisisCard:
        """The lines of a country by its ISO code; those for elsewhere when it has none. Never empty."""
        return self.pages.crisis.get(country, self.pages.crisis[ELSEWHERE])

    def short_date(self, on: date) -> str:
        """Day and month without the weekday, for labels."""
        return str(format_skeleton("MMMd", on, locale=self.language))

    def full_date(self, on: date) -> str:
        """Day, month and year, for what may lie long ago."""
        return str(format_date(on, "long", locale=self.language))

    def date(self, on: date) -> str:
        return format_date(on, self.spoken.date, locale=self.language)

    def time(self, at: time) -> str:
        return format_time(at, self.spoken.time, locale=self.language)

    def weekday(self, number: int) -> str:
        """0 is Monday."""
        return str(get_day_names(locale=self.language)[number])

    def zone_name(self, zone: str) -> str:
        """An IANA zone as "Chicago (Central Time)"."""
        city = get_timezone_location(zone, locale=self.language, return_city=True)
        name = get_timezone_name(zone, locale=self.language)
        return city if city in name else f"{city} ({name})"

    def language_name(self, code: str) -> str:
        """A language by its ISO code, as people of this one call it."""
        return str(Locale(self.language).languages[code])

    def countries(self) -> Mapping[str, str]:
        """ISO codes and names of countries."""
        territories = Locale(self.language).territories
        named = {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}
        return {code: name for code, name in named.items() if code not in NO_COUNTRIES}

    def places(self) -> Mapping[str, str]:
        """Names of countries, and of regions with public holidays of their own, by codes: "US", "US-CA"."""
        countries = self.countries()
        named = {
            f"{country}-{region}": f"{name}, {countries[country]}"
            for (country, region), name in regions().items()
            if country in countries
        }
        return {**countries, **named}
