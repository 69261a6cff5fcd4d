"""Kind of media, orientation, length, camera, lens, rating, tags, albums, file names and written text in a sentence."""

import re
from typing import cast

from albumen.library.query.parts import (
    Album,
    Camera,
    FileName,
    Kind,
    Lasting,
    MediaKind,
    Person,
    Rating,
    Role,
    Shape,
    Tag,
    Text,
)
from albumen.library.query.sentence import Sentence, fold_letters
from albumen.library.query.timewords import NUMBERS, either, words

OF = re.compile(r"\s+(?:of|von|vom|der|de|del|de la|du|des|di|del|della|delle|dei)(?=\s)")
KINDS: tuple[tuple[MediaKind, re.Pattern[str]], ...] = tuple(
    (cast(MediaKind, name), re.compile(pattern))
    for name, pattern in (
        ("live", r"\b(?:live[ -]?photos?|motion[ -]?photos?|live[ -]?fotos?|live[ -]?bilder)\b|实况照片?|实况"),
        ("screenshot", r"\b(?:screen ?shots?|screen captures?|bildschirmfotos?|capturas? de pantalla|pantallazos?"
         r"|captures? d'ecran|schermate?|istantanee? dello schermo)\b|截图|截屏|屏幕截图"),
        ("panorama", r"\b(?:panoramas?|panoramic (?:photos?|pictures?|shots?)|panoramabild(?:er)?|panoramafotos?"
            r"|(?:fotos? )?panoramicas?"
         r"|(?:photos? )?panoramiques?|(?:foto )?panoramiche)\b|全景照片|全景图|全景"),
        ("raw", r"\braw (?:photos?|files?|images?|pictures?|format|dateien|bilder)\b|\b(?:in|im|en"
            r"|as) raw\b(?: format)?"
         r"|\b(?:archivos|fichiers|file) raw\b|raw(?:格式|文件|照片)"),
        ("gif", r"\b(?:animated )?gifs?\b|动图"),
        ("video", r"(?:\b|(?<=hochformat)|(?<=querformat))(?:videos?|video clips?|clips|footage|filme|filmati)\b"
            r"(?!\s+(?:games?|cameras?|calls?|consoles?|projectors?"
         r"|walls?|stores?|screens?|spiele?|kameras?|juegos?|equipment|recorders?|monitors?|tapes?|cassettes?))(?!\s*-)|视频|录像"),
        ("photo", r"\b(?:only|just|nur|solo|seulement|uniquement) (?:photos?|pictures|images|fotos?|bilder"
            r"|imagenes|immagini)\b"),
    )
)  # fmt: skip
SHOUTED_RAW = re.compile(r"\bRAW\b")
SHAPES = (
    ("portrait", re.compile(r"\b(?:(?:in )?portrait (?:orientation|format|mode)|vertical (?:format|"
     r"orientation)|vertical(?=\s+(?:photos?|pictures?|videos?|clips?)\b)|(?:im )?hochformat"
     r"(?=fotos?|bilder|videos?|\b)|(?:en |in )?(?:formato |format )vertical[e]?|(?:en "
     r"|au )?format portrait)|竖版|竖屏|竖幅")),
    ("landscape", re.compile(r"\b(?:(?:in )?landscape (?:orientation|format|mode)|horizontal (?:format|"
     r"orientation)|horizontal(?=\s+(?:photos?|pictures?|videos?|clips?)\b)|(?:im )?querformat"
     r"(?=fotos?|bilder|videos?|\b)|(?:en |in )?formato (?:horizontal|apaisado|orizzontale)|(?:en "
     r"|au )?format paysage)"
     r"|横版|横屏|横幅")),
    ("square", re.compile(r"\b(?:square (?:format|photos?|pictures?|crop)|quadratisches? (?:format|bild(?:er)?)"
     r"|formato (?:cuadrado|quadrato)|format carre)\b|方形照片")),
)  # fmt: skip
NUM = rf"(?P<n>\d+(?:[.,]\d+)?|{either(NUMBERS)})"
LENGTH = (
    rf"{NUM}\s*(?P<u>s|sec|secs|seconds?|sekunden?|segundos?|secondes?|second[oi]|min|mins|minutes?"
    rf"|minuten?|minutos?|minut[oi]|h|hours?|stunden?|horas?|heures?|or[ae]|秒钟?|分钟|小时)(?:\b|(?<=[秒钟时]))"
)
LONGER = re.compile(
    r"(?:\b(?:(?:longer|more) than|over|at least|langer als|uber|mindestens|mas (?:largos? )?de|mas largos? que"
    r"|de mas de|plus (?:longues? )?de"
    rf"|plus longues? que|piu (?:lungh?[ioea] )?di)\s+|超过|长于){LENGTH}(?: long| lang)?"
)
SHORTER = re.compile(
    r"(?:\b(?:(?:shorter|less) than|under|at most|kurzer als|unter|hochstens|menos de|mas cortos? (?:de|que)"
    r"|moins de|plus courte?s? que"
    rf"|meno di|piu cort[ioea] di)\s+|短于|少于|不到){LENGTH}(?: long| lang)?"
)
SECONDS = {"s": 1.0, "秒": 1.0, "m": 60.0, "分": 60.0, "h": 3600.0, "小": 3600.0, "o": 3600.0}
BRANDS = sorted(
    words(
        "iphone ipad nikon canon sony fujifilm fuji olympus panasonic lumix leica pentax gopro"
        " pixel samsung galaxy huawei xiaomi hasselblad oneplus motorola ricoh insta360 kodak dji polaroid nokia"
        " honor oppo vivo"
    )
)
VERBS = (
    r"taken|shot|made|captured|recorded|filmed|photographed|aufgenommen|gemacht|fotografiert|tomad[oa]s?"
    r"|hech[oa]s?|sacad[oa]s?"
    r"|prise?s?|faite?s?|scattat[aeio]|fatt[aeio]"
)
WITH = r"with|on|by|using|from|mit|auf|von|con|avec|sur|su|sul|dal|col"
OWN = r"my|our|meine[mnrs]?|unsere[mnrs]?|mi|mon|ma|mio|mia|il mio|la mia"
ARTICLE = r"the|an?|der|dem|den|einer|einem|la|le|el|una?|une|il|lo|l'"
MODEL = (
    r"(?:\s+(?:[a-z]{0,3}\d[\w-]*|pro|max|mini|plus|ultra|mark|mk|i{2,3}|iv|vi?|z|eos|rebel|alpha|se|xs|xr"
    r"|coolpix|powershot|hero))*"
)
LENS = re.compile(
    rf"(?:\b(?:{VERBS}) )?(?:\b(?:{WITH}) (?:(?:{OWN}|{ARTICLE})\s+)?)?"
    r"\b((?:\d{1,3}(?:-\d{1,3})?\s?mm)(?:\s+f/?\d(?:\.\d)?)?|fisheye|fischauge|macro|makro|telephoto|tele"
    r"|wide[- ]angle|weitwinkel)"
    r"(?:\s*-?(?:lens|objektiv|objetivo|objectif|obiettivo))\b|\b(\d{1,3}mm)\b"
)
HAN_CAMERA = re.compile(r"用(?:我的)?\s*([a-z0-9 ]{2,24}?|佳能|尼康|索尼|苹果|手机)\s*(?:手机|相机)?拍摄?的?")
STARS = re.compile(
    r"\b(?:(?:rated|with|bewertet mit|mit|con|avec)\s+)?(?:(?P<more>at least|mindestens|al menos|au moins|almeno)\s+)?"
    rf"(?P<n>[1-5]|{either(NUMBERS)})(?P<plus>\+| or more| oder mehr| o mas| ou plus| o piu)?[ -]?"
    r"(?:stars?|sterne?n?|estrellas?|etoiles?|stelle)(?P<after> or more| oder mehr| and up| o mas| ou plus| o piu)?\b"
)
TAGGED = re.compile(
    r"\b(?:tagged(?: as| with)?|with (?:the )?tag|mit (?:dem )?tag|etiquetad[oa]s? como|con etiqueta)\s+([\w-]+)"
    r"|(?<!\S)#([\w-]+)|标签是?([\w]+)"
)
ALBUM = re.compile(r"\b(?:in|from|im|aus|en|dans|nell')\s*(?:the |my |dem |el |l'|mi )?album\s+")
ENDINGS = {
    "jpe?g": "*.jp*g", "hei[cf]": "*.hei[cf]", "png": "*.png", "webp": "*.webp", "avif": "*.avif", "tiff?": "*.tif*",
    "dng": "*.dng", "nef": "*.nef", "cr[23]": "*.cr[23]", "arw": "*.arw", "mp4": "*.mp4", "mov": "*.mov",
    "mkv": "*.mkv",
}  # fmt: skip
FILES = (
    r"(?:files?|photos?|pictures?|images?|videos?|dateien|datei|fotos?|bilder|archivos?|imagenes|fichiers?|immagini)"
)
ENDING = re.compile(rf"\b(?:{FILES} )?(?P<e>{'|'.join(ENDINGS)})(?:s\b|-?\s*{FILES}\b|(?:格式|文件|图片|照片)的?)")
LAST_ENDING = re.compile(rf"\b(?:archivos?|imagenes|fichiers?|file|fotos?|immagini)\s+(?P<e>{'|'.join(ENDINGS)})\b")
FILE = re.compile(
    r"(?<![\w/])[\w()-]+\.(?:jpe?g|heic|heif|png|webp|avif|gif|tiff?|dng|arw|cr[23]|nef|raf|mp4|mov|mkv|avi"
    r"|webm)\b|\b(?:img|dsc[nf]?|pxl|mvi|gopr|dji)_?\d{3,}\w*\b"
)
QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|„([^“”]+)[“”]|«\s*([^»]+?)\s*»|「([^」]+)」|《([^》]+)》")
SAYS = re.compile(
    r"(?:\b(?:that|which) (?:says?|reads?)|\b(?:saying|labell?ed|captioned)|\bwith (?:the )?(?:words?|text"
    r"|caption|lettering)"
    r"|(?<=\bsign )(?:reading|says)|(?<=\bsigns )reading|\bcontaining the (?:words?|text)"
    r"|\b(?:mit (?:der aufschrift|dem text|den worten))|\bauf dem steht"
    r"|\b(?:que (?:dice|dicen|pone)|con (?:el texto|la palabra|las palabras))|\b(?:qui (?:dit|disent)"
    r"|avec (?:le texte|le mot|les mots)|ou il est ecrit)"
    r"|\b(?:che (?:dice|dicono)|con (?:scritto|la scritta|il testo|la parola)))\b[:\s]+|(?:上面)?写着(?:有)?[：:]?|写有"
)
TEXT_FIRST = re.compile(
    r"^(?:text|texto|texte|testo|文字)[:\s]\s*(?!(?:on|in|of|over|message|messages|messaging|box|book|document|documents"
    r"|editor|auf|en|sur|su|sulla|and|und|y|et|e)\b)(?=\S)"
)
STANDS_THERE = re.compile(r"\b(?:auf dem|auf der) ([\w ]{1,40}?) steht\b")


def find_quoted(s: Sentence) -> None:
    """Claim "exact words", with the "that says" before them."""
    for match in s.found(QUOTED):
        start = match.start()
        for cue in SAYS.finditer(s.folded, 0, start):
            start = cue.start() if cue.end() == match.start() and s.free(*cue.span()) else start
        words = next(s.text[match.start(i) : match.end(i)] for i in range(1, 7) if match[i]).strip()
        if words:
            s.claim_or_not(start, match.end(), Text(words, exact=True))


def find_text(s: Sentence) -> None:
    """Claim what follows "that says", up to the next part or the end of the clause."""
    for match in list(s.found(STANDS_THERE)):
        s.claim(*match.span(), Text(s.text[match.start(1) : match.end(1)]))
    for match in [*s.found(TEXT_FIRST), *s.found(SAYS)]:
        end = match.end()
        while end < len(s.text) and not s.taken[end] and s.text[end] not in ",;.!?，。的":
            end += 1
        words = s.text[match.end() : end].strip(" '的")
        if words:
            s.claim(match.start(), end, Text(words))


def find_kinds(s: Sentence) -> None:
    """Claim kinds of media, orientations and lengths."""
    for bound, pattern in (("least", LONGER), ("most", SHORTER)):
        for match in list(s.found(pattern)):
            seconds = amount(match["n"]) * SECONDS[match["u"][0]]
            s.claim(*match.span(), Lasting(**{bound: seconds}))
    for name, pattern in SHAPES:
        for match in list(s.found(pattern)):
            s.claim_or_not(*match.span(), Shape(name))  # pyright: ignore[reportArgumentType]
    for name, pattern in KINDS:
        for match in list(s.found(pattern)):
            of = OF.match(s.folded, match.end()) if s.text[: match.start()].strip() else None
            s.claim_or_not(match.start(), of.end() if of else match.end(), Kind(name))
    for match in list(SHOUTED_RAW.finditer(s.text)):
        if s.free(*match.span()) and not s.text.isupper():
            s.claim_or_not(*match.span(), Kind("raw"))


def amount(word: str) -> float:
    """Return the value of a number in digits or words."""
    return float(NUMBERS[word]) if word in NUMBERS else float(word.replace(",", "."))


def camera_pattern(s: Sentence) -> re.Pattern[str]:
    """Return the pattern of cameras: brands everyone knows, and the models of this library."""
    models = sorted((fold_letters(c) for c in s.known.cameras if c.strip()), key=len, reverse=True)
    names = "|".join([*map(re.escape, models), *(b + MODEL for b in BRANDS)])
    return re.compile(
        rf"(?:\b(?P<verb>{VERBS}) )?(?:\b(?P<with>{WITH}) (?:(?P<own>{OWN})\s+|(?:{ARTICLE})\s+)?)?"
        rf"(?P<name>\b(?:{names}))\b(?:[ -](?:camera|kamera|phone))?"
    )


def find_cameras(s: Sentence) -> None:
    """Claim cameras and lenses: filters where they took the picture, preferences where they may be in it."""
    hints = any(b in s.folded for b in BRANDS) or any(fold_letters(c) in s.folded for c in s.known.cameras)
    for match in list(s.found(camera_pattern(s))) if hints else ():
        sure = match["verb"] or match["own"] or (match["with"] in ("on", "from", "auf", "sur")) or takes(s, match)
        start = match.start() if sure else match.start("name")
        end = match.end()
        camera = Camera(match["name"])
        if sure:
            s.claim_or_not(start, end, camera)
        else:
            s.claim(start, end, camera, role=Role.SCORE, kept=True)
    for match in list(s.found(HAN_CAMERA)):
        s.claim(*match.span(), Camera(HAN_BRANDS.get(match[1], match[1].strip())))
    for match in list(s.found(LENS)):
        s.claim(*match.span(), Camera(lens=(match[1] or match[2]).replace(" ", "")))


def takes(s: Sentence, match: re.Match[str]) -> bool:
    """Tell whether the camera is surely what took the pictures: nothing else is asked for, or pictures of it are."""
    bare = s.folded[: match.start("name")].strip() in ("", "my", "our", "all", "all my")
    asked = PICTURES_BEFORE.search(s.folded, 0, match.start()) is not None and bool(match["with"])
    asked = asked or (bool(match["with"]) and AFTER_ALL.search(s.folded, match.end()) is not None)
    numbered = re.search(r"\d", match["name"]) is not None
    return asked or (bare and (numbered or PICTURES_AFTER.match(s.folded, match.end()) is not None))


AFTER_ALL = re.compile(r"\b(?:aufgenommen|fotografiert|gemacht|gefilmt)\b")
PICTURES_BEFORE = re.compile(
    r"^(?:\w+ )?(?:photos?|pictures?|pics|images?|videos?|clips|shots|fotos?|bilder|aufnahmen|imagenes|immagini)\s+$"
)
PICTURES_AFTER = re.compile(
    r"\s*(?:$|(?:photos?|pictures?|pics|images?|videos?|clips|shots|portraits?|footage|fotos?|bilder|aufnahmen)\b|的?照片|的?视频)"
)
HAN_BRANDS = {"佳能": "canon", "尼康": "nikon", "索尼": "sony", "苹果": "iphone"}


def find_labels(s: Sentence) -> None:
    """Claim file names, stars, tags and albums."""
    for match in list(s.found(FILE)):
        s.claim(*match.span(), FileName(s.text[match.start() : match.end()]))
    for match in [*s.found(ENDING), *s.found(LAST_ENDING)]:
        glob = next(g for e, g in ENDINGS.items() if re.fullmatch(e, match["e"]))
        if s.free(*match.span()):
            s.claim_or_not(*match.span(), FileName(glob))
    for match in list(s.found(STARS)):
        more = match["more"] or match["plus"] or match["after"]
        least = int(amount(match["n"]))
        if 1 <= least <= 5:
            s.claim(*match.span(), Rating(least, 5 if more else least))
    for match in list(s.found(TAGGED)):
        group = next(i for i in (1, 2, 3) if match[i])
        s.claim(*match.span(), Tag(s.text[match.start(group) : match.end(group)]))
    for match in list(s.found(ALBUM)):
        claim_album(s, match)


def claim_album(s: Sentence, match: re.Match[str]) -> None:
    """Claim an album that the library knows, else one word after "album"."""
    for name in sorted(s.known.albums, key=len, reverse=True):
        if name and s.folded.startswith(fold_letters(name), match.end()):
            s.claim(match.start(), match.end() + len(name), Album(name))
            return
    if word := re.compile(r"[\w-]+").match(s.folded, match.end()):
        s.claim(match.start(), word.end(), Album(s.text[word.start() : word.end()]))


PEOPLE_LEAD = re.compile(r"\b(?:with|of|by|and|or|mit|von|und|con|de|y|avec|et|di|e)\s+$|[和与]$")
WORDLIKE = words(
    "rose mark will may grace joy hope faith summer autumn dawn sky lily daisy iris ivy ruby amber"
    " jasmine violet bill art rich frank jack drew pat sunny angel blanca rosa sol luz linda mia max sandy robin"
    " jade olive pearl pepper ginger"
)


def find_people(s: Sentence) -> None:
    """Claim the names of people whom the library knows."""
    for shown, name in sorted(people_names(s).items(), key=lambda item: -len(item[0])):
        if shown not in s.folded:
            continue
        for match in list(
            s.found(re.compile(rf"(?<!\w){re.escape(shown)}(?:'s)?(?!\w)" if shown.isascii() else re.escape(shown)))
        ):
            claim_person(s, match, shown, name)


def people_names(s: Sentence) -> dict[str, str]:
    """Return folded name -> person: full names, and first names that only one person has."""
    firsts: dict[str, list[str]] = {}
    for name in s.known.people:
        firsts.setdefault(fold_letters(name).split()[0] if name.split() else "", []).append(name)
    unique = {first: names[0] for first, names in firsts.items() if first and len(names) == 1}
    return unique | {fold_letters(name): name for name in s.known.people if name.strip()}


def claim_person(s: Sentence, match: re.Match[str], shown: str, name: str) -> None:
    """Claim a person; a name that is also a word needs a capital inside the sentence or a "with" before it."""
    lead = PEOPLE_LEAD.search(s.folded, 0, match.start())
    written = s.capital(match.start()) and not s.text.isupper() and (match.start() > 0 or not s.next_word(match.end()))
    if shown in WORDLIKE and not (written or (lead and s.capital(match.start()))):
        return
    start = lead.start() if lead and s.free(*lead.span()) else match.start()
    end = match.end()
    before = s.folded[:start].rstrip()
    if before.endswith((" not", " nicht", " no", " without", " ohne", " sin", " sans", " senza")):
        start = match.start()
    s.claim_or_not(start, end, Person(name))
