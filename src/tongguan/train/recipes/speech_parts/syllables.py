"""Chinese characters of short commands and how a mouth makes them: initial, final, tone.

Formants of the vowels and places of the consonants after Lee and Zee (2003), "Standard Chinese (Beijing)", rounded: the
made speech only has to differ between syllables as real speech does.
"""

from __future__ import annotations

from typing import NamedTuple

READINGS = {
    "一": "yi1",
    "二": "er4",
    "三": "san1",
    "四": "si4",
    "五": "wu3",
    "六": "liu4",
    "七": "qi1",
    "八": "ba1",
    "九": "jiu3",
    "十": "shi2",
    "号": "hao4",
    "停": "ting2",
    "开": "kai1",
    "关": "guan1",
    "打": "da3",
    "左": "zuo3",
    "右": "you4",
    "转": "zhuan3",
    "上": "shang4",
    "下": "xia4",
    "升": "sheng1",
    "降": "jiang4",
    "前": "qian2",
    "后": "hou4",
    "退": "tui4",
    "进": "jin4",
    "快": "kuai4",
    "慢": "man4",
    "灯": "deng1",
    "门": "men2",
    "机": "ji1",
    "车": "che1",
    "泵": "beng4",
    "吊": "diao4",
}
"""Each character with its syllable in pinyin and its tone, 1 to 4."""


class Sound(NamedTuple):
    """An initial. closure, burst, air: milliseconds of silence, of release and of breath through the vowel. centre and
    width: hertz of its noise; loud: of it, 0 to 1. locus: formants from which the vowel starts. hum: milliseconds of
    voice at the locus (nasals, l, r)."""

    closure: int = 0
    burst: int = 0
    air: int = 0
    centre: int = 0
    width: int = 0
    loud: float = 0.0
    locus: tuple[int, int, int] | None = None
    hum: int = 0


INITIALS: dict[str, Sound] = {
    "": Sound(),
    "b": Sound(50, 8, 5, 800, 800, 0.3, (300, 900, 2300)),
    "p": Sound(50, 10, 60, 900, 900, 0.3, (350, 900, 2300)),
    "d": Sound(50, 8, 8, 3800, 1500, 0.4, (300, 1700, 2700)),
    "t": Sound(50, 12, 60, 3800, 1500, 0.4, (350, 1700, 2700)),
    "g": Sound(50, 14, 12, 1800, 600, 0.4, (300, 1900, 2200)),
    "k": Sound(50, 18, 70, 1800, 700, 0.4, (350, 1900, 2200)),
    "m": Sound(locus=(280, 1000, 2200), hum=75),
    "n": Sound(locus=(280, 1500, 2500), hum=75),
    "l": Sound(locus=(360, 1200, 2800), hum=65),
    "r": Sound(0, 50, 0, 2600, 900, 0.1, (380, 1350, 1800), 70),
    "f": Sound(0, 100, 0, 5200, 5000, 0.15, (350, 1000, 2300)),
    "h": Sound(0, 80, 30, 1300, 1200, 0.25, (500, 1300, 2400)),
    "s": Sound(0, 120, 0, 6400, 1800, 0.5, (350, 1500, 2600)),
    "sh": Sound(0, 120, 0, 3200, 1300, 0.55, (350, 1650, 2100)),
    "x": Sound(0, 120, 0, 4700, 1300, 0.5, (300, 2100, 2900)),
    "z": Sound(40, 50, 0, 6400, 1800, 0.5, (350, 1500, 2600)),
    "c": Sound(40, 110, 20, 6400, 1800, 0.5, (350, 1500, 2600)),
    "zh": Sound(40, 45, 0, 3200, 1300, 0.55, (350, 1650, 2100)),
    "ch": Sound(40, 105, 20, 3200, 1300, 0.55, (350, 1650, 2100)),
    "j": Sound(40, 50, 0, 4700, 1300, 0.5, (300, 2100, 2900)),
    "q": Sound(40, 110, 20, 4700, 1300, 0.5, (300, 2100, 2900)),
}
VOWELS = {
    "a": (850, 1300, 2550),
    "A": (780, 1500, 2500),
    "o": (520, 850, 2500),
    "e": (500, 1150, 2450),
    "E": (520, 1900, 2600),
    "i": (300, 2300, 3000),
    "u": (330, 680, 2400),
    "R": (540, 1300, 1700),
    "z": (380, 1400, 2700),
    "r": (370, 1600, 2100),
    "n": (290, 1600, 2600),
    "N": (300, 1000, 2300),
}
"""First three formants in hertz. R: the end of er; z and r: the vowels of si and shi; n and N: nasal ends."""
FINALS: dict[str, str] = {
    "a": "aa",
    "ai": "Ai",
    "an": "An",
    "ang": "aN",
    "ao": "ao",
    "e": "ee",
    "en": "en",
    "eng": "eN",
    "er": "eR",
    "i": "ii",
    "ia": "iaa",
    "ian": "iEn",
    "iang": "iaN",
    "iao": "iao",
    "in": "iin",
    "ing": "ieN",
    "iu": "iou",
    "ou": "ou",
    "u": "uu",
    "uai": "uAi",
    "uan": "uAn",
    "ui": "uEi",
    "uo": "uoo",
    "ri": "rr",
    "zi": "zz",
}
"""Targets that a final runs through, each a vowel of `VOWELS`."""
TONES = {1: (1.25, 1.25, 1.22), 2: (0.95, 1.0, 1.3), 3: (0.9, 0.7, 0.85), 4: (1.4, 1.15, 0.75)}
"""Pitch at begin, middle and end, as a share of the speaker's."""
_WHOLE = {"yi": "i", "wu": "u", "you": "iu"}


def parts(char: str) -> tuple[Sound, str, tuple[float, float, float]]:
    """Initial, targets of the final, and tone of a character. Raises KeyError for one that is not in `READINGS`."""
    syllable, tone = READINGS[char][:-1], TONES[int(READINGS[char][-1])]
    if syllable in _WHOLE:
        return INITIALS[""], FINALS[_WHOLE[syllable]], tone
    size = 2 if syllable[:2] in INITIALS else 1 if syllable[:1] in INITIALS else 0
    initial, final = syllable[:size], syllable[size:]
    if final == "i" and initial in ("s", "z", "c"):
        final = "zi"
    if final == "i" and initial in ("sh", "zh", "ch", "r"):
        final = "ri"
    return INITIALS[initial], FINALS[final], tone
