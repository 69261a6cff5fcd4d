"""From a sentence to its parts; pure, and fast enough to run at every keystroke."""

import re
from collections.abc import Sequence
from datetime import date

from albumen.library.query.explicit import find_explicit, read
from albumen.library.query.media import find_cameras, find_kinds, find_labels, find_people, find_quoted, find_text
from albumen.library.query.papers import find_money, find_papers
from albumen.library.query.parts import Content, Known, Not, Part, Query
from albumen.library.query.sentence import Sentence, fold_letters
from albumen.library.query.things import find_absent, find_colours, find_counts
from albumen.library.query.times import find_times
from albumen.library.query.where import find_places

RULES = (
    find_explicit, find_quoted, find_labels, find_kinds, find_money, find_times, find_papers, find_cameras,
    find_people, find_places, find_text, find_absent, find_counts, find_colours,
)  # fmt: skip
PICTURES = (
    r"(?:photos?|pictures?|pics?|images?|snapshots?|shots?|fotos?|fotografien|bilder?|aufnahmen|imagenes|imagen"
    r"|fotografias?"
    r"|photographies?|immagini|immagine|fotografie|foto)"
)
EVERYTHING = r"(?:everything|anything|alles|todo|tout|tutto)"
WE_TOOK = (
    r"(?:(?:that |which )?(?:i|we) (?:took|made|shot|have taken)|die (?:ich|wir) (?:gemacht|aufgenommen)(?: haben?)?"
    r"|que (?:hice|hicimos|tome|tomamos)|que (?:j'ai|nous avons) pris(?:es)?|che (?:ho|abbiamo) (?:fatto|scattato))"
)
DID = (
    r"(?:what (?:did|do) (?:we|i) (?:do|see)|where (?:were|was|did) (?:we|i)(?: go)?|was (?:haben wir|habe ich) gemacht"
    r"|que (?:hicimos|hice)|qu'avons-nous fait|qu'est-ce qu'on a fait|che (?:abbiamo|ho) fatto)"
)
AT = (
    r"(?=\s+(?:at|in|near|during|am|im|beim?|an der|in der|al|alla|en|na|nel|nella|aux?|a la|dans|pres|vicino|cerca)\b"
    r"(?!\s+(?:an?|the|eine[mnr]?|une?|una|uno)\s+(?:frames?|albums?|walls?|books?|magazines?)\b))"
)
"""Words for where: a caption of pictures that hang or lie somewhere is no request for pictures of the place."""
ALL = (
    r"(?:(?:all|any|some|every|the|my|our|of|alle|meine|unsere|die|das|todas?|todos|las?|los|mis|nuestras|toutes|tous"
    r"|les|mes|nos|tutte|le|mie|nostre|delle)\s+)*"
)
ASK = re.compile(
    r"^(?:(?:(?:please )?(?:show(?: me)?|find(?: me)?|search(?: for)?|look(?:ing)? for|give me|i want(?: to see)?"
    r"|zeige?(?: mir)?|suche?(?: nach)?|finde|muestrame|busca|buscar|ensename|montre(?:-moi)?|cherche|trouve"
    rf"|mostrami|cerca|trova)\s+)?{ALL}(?:{PICTURES}|{EVERYTHING}(?=\s+(?:of|from|von|vom|de|del|du|di)\b|\s*$))"
    rf"(?:{AT}|(?:\s+(?:{WE_TOOK}|of|with|where|showing|that show|taken"
    rf"|von|mit|vom|de|del|con|du"
    r"|des|avec|di|della?|tomadas?|prises?"
    r"|scattate)\b\s*|\s+d'|\s*$)+)"
    rf"|{DID}\b"
    rf"|(?:show me|find me|search for|look(?:ing)? for|give me|zeige? mir|suche nach"
    rf"|muestrame|montre-moi|mostrami)\s+{ALL})"
)
HAN_ASK = re.compile(
    r"^(?:给我看|请?找|搜索|我的|所有)+|(?:的?(?:照片|图片|相片))$|^的|(?:拍摄|拍)?的$|^(?:和|与|跟)|^拍摄?$|^在$"
)
EDGES = (
    r"a|an|the|and|or|of|with|from|in|on|at|by|for|to|taken|shot|but|near|und|oder|mit|von|vom|in|im"
    r"|am|an|auf|der|die|das|aus"
    r"|ad|y|o|con|de|del|en|el|la|los|las|et|ou|avec|du|des|le|les|dans|e|di|nel|nella|il|lo|gli|su|aufgenommen"
    r"|tomadas?|prises?|scattat[ae]|aber|pero|mais|ma|dei|delle|della|dello|degli"
)
PLURAL = r"(?:photos|pictures|pics|images|fotos|bilder|imagenes|immagini)"
KIND_OF = re.compile(
    rf"^(?P<of>(?!(?:{EDGES})\b)[\w'-]+(?:\s+(?!(?:{EDGES})\b)[\w'-]+){{0,2}}|black (?:and|&) white)\s+{PLURAL}$"
)
"""A request that names its pictures last: food photos, black and white pictures."""
TAIL = re.compile(rf"(?:(?:^|\s+)(?:{EDGES}))+$")
HEAD = re.compile(
    r"^(?:(?:and|or|with|of|from|by|but|taken|und|oder|mit|von|vom|y|o|con|de|del|et|ou|avec|du|des|e|di|dei|delle|della"
    r"|dello|degli|dell')(?:\s+|$|(?<=')))+"
)
ONLY = re.compile(rf"^(?:(?:{EDGES}|my|our|all)(?:\s+|$))+$")


def parse(sentence: str, *, today: date, known: Known) -> Query:
    """Take a search sentence apart; blanks around it do not count, nor do they in the places of its parts."""
    s = Sentence(sentence.strip(), today=today, known=known)
    for rule in RULES:
        rule(s)
    parts = tuple(sorted(s.parts, key=lambda p: (p.start, p.end)))
    return Query(s.text, parts, content_of(s, parts))


def content_of(s: Sentence, parts: Sequence[Part]) -> str:
    """Return what is left for the encoder: without the words of filters, questions and loose ends."""
    given = [p.filter.words for p in parts if isinstance(p.filter, Content)]
    pieces: list[str] = []
    at = 0
    for part in parts:
        if not part.kept:
            pieces.append(s.text[at : part.start])
            at = max(at, part.end)
    kept = any(p.kept and not s.text[: p.start].strip() for p in parts)
    left = tidy(" ".join([*pieces, s.text[at:]]), request=not kept)
    return " ".join([*([left] if left else []), *given])


def tidy(text: str, *, request: bool) -> str:
    """Drop blanks, lone punctuation, the request itself and words that no longer connect anything."""
    text = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
    text = re.sub(r"([,;])(?:\s*[,;])+", r"\1", text).strip(" ,.;:!?-")
    previous = None
    while text != previous:
        previous = text
        text = named_last(cut(cut(text, HAN_ASK), ASK) if request else text)
        text = cut(cut(text, HEAD), TAIL).strip(" ,.;:!?-")
    return "" if ONLY.match(fold_letters(text)) else text


def named_last(text: str) -> str:
    """Return what comes before the pictures in a request such as "food photos", else the text as it is."""
    match = KIND_OF.match(fold_letters(text))
    return text[: match.end("of")] if match else text


def cut(text: str, pattern: re.Pattern[str]) -> str:
    """Remove where a pattern matches the folded text."""
    match = pattern.search(fold_letters(text))
    return text[: match.start()] + text[match.end() :] if match and match.end() > match.start() else text


def from_flags(flags: dict[str, Sequence[str]], *, today: date, known: Known) -> tuple[Part, ...]:
    """Return the parts that flags ask for, such as `{"since": ["2019"], "place": ["Rome"], "not": ["dog"]}`.

    The names are those of the explicit syntax, and `not`; a value that means nothing raises `QueryError`.
    """
    s = Sentence("", today=today, known=known)
    parts: list[Part] = []
    for name, values in flags.items():
        for value in values:
            found = Not(Content(value)) if name == "not" else read(s, name, value)
            parts.append(Part(0, 0, f"{name}:{value}", found))
    return tuple(parts)
