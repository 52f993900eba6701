"""An admin makes the numbers of the update stricter by clicking; everybody reads it before it holds."""

from __future__ import annotations

from bot.blocks import ids
from bot.domain.privacy import Guarantee, promise_numbers
from tests.stories.people import ANA, BEN, IRENE, NORA, cast
from tests.stories.play import Play, playing, text_of

STRONG = promise_numbers(Guarantee(strong=True))


def chooses(play: Play, strength: str, roster: str) -> None:
    play.home(NORA)
    play.click(NORA, play.seen_home(NORA), ids.OPENED_WORK)
    play.press(NORA, play.seen_home(NORA), ids.OPENED_STRICTER)
    chosen = {ids.STRENGTH: strength, ids.ROSTER_MIN: roster, ids.CONTRIBUTORS_MIN: "6", ids.SURE: [ids.SURE]}
    assert play.submit(NORA, **chosen).kind == "updated"
    play.close(NORA)
    play.stage.settle()


def test_everybody_is_told_the_new_promise_once_in_their_language_and_in_their_working_time() -> None:
    with playing(cast()) as play:
        play.go_to("2027-01-14 20:00")
        before = {person.id: len(play.dm(person)) for person in (ANA, BEN, IRENE)}
        chooses(play, ids.STRONG, "8")
        assert len(play.dm(BEN)) == before[BEN.id]
        play.go_to("2027-01-15 10:00")
        for person, language in ((ANA, "es"), (BEN, "en"), (IRENE, "en")):
            told = [text_of(one) for one in play.dm(person)[before[person.id] :]]
            promise = play.words(language)("privacy.protects", **STRONG)
            assert [promise in read for read in told].count(True) == 1
