"""Words that say nothing about what a question asks for, per language."""

from __future__ import annotations

_DUTCH = """
aan al als alle ben bent bij daar dan dat de deze die dit doe doen door dus een en er gaat geen ga had heb hebben hebt
heeft het hier hij hoe hun iets ik in is ja je jij jou jouw jullie kan kon kun kunnen kunt maar mag me men met mij mijn
moet moeten mogen na naar nee niet nog nu of om omdat ons onze ook op over te tegen ten ter toch toe tot u uit uw van
vanaf voor waar waarom wanneer was wat we wel welk welke werd wie wij wil word worden wordt zal ze zich zij zijn zo
zonder zou
"""

_ENGLISH = """
a about all am an and any are as at be been but by can could did do does for from had has have he her his how i if in
into is it its me my no not of on or our out shall she should so than that the their them then there these they this
those to us was we were what when where which who whom why will with would you your
"""

STOP_WORDS: dict[str, frozenset[str]] = {"nl": frozenset(_DUTCH.split()), "en": frozenset(_ENGLISH.split())}
"""By language code, folded to lower-case ASCII."""
