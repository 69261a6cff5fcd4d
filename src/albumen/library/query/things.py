"""Counts, colours and what must not be seen; counts and colours rank and stay in the content sentence."""

import re

from albumen.library.query.parts import Colour, Content, Count, Not, Role
from albumen.library.query.sentence import Sentence
from albumen.library.query.timewords import either, named, table, words

NUMBERS = table({
    "one": 1, "two zwei dos deux due": 2, "three drei tres trois tre": 3,
    "four vier cuatro quatre quattro": 4, "five funf cinco cinq cinque": 5, "six sechs seis sei": 6,
    "seven sieben siete sept sette": 7, "eight acht ocho huit otto": 8, "nine neun nueve neuf nove": 9,
    "ten zehn diez dix dieci": 10,
})  # fmt: skip
HAN_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
NOUNS = named({
    "person": "people|persons|person|men|man|women|woman|boys|boy|girls|girl|kids|kid|children|child|babies|baby"
        "|friends|adults"
    "|faces|leute|personen|menschen|manner|frauen|kinder|jungen|madchen|freunde|personas|hombres|mujeres|ninos"
    "|ninas|amigos"
    "|personnes|hommes|femmes|enfants|garcons|filles|amis|persone|uomini|donne|bambini|ragazzi|ragazze|amici"
    "|gente|人|孩子|小孩"
    "|女人|男人|女孩|男孩|朋友",
    "dog": "dogs|dog|puppies|hunde|hund|perros|perro|chiens|chien|cani|cane|狗|小狗",
    "cat": "cats|cat|kittens|katzen|katze|gatos|gato|chats|chat|gatti|gatto|猫|小猫",
    "horse": "horses|horse|pferde|pferd|caballos|chevaux|cavalli|马",
    "bird": "birds|bird|vogel|pajaros|aves|oiseaux|uccelli|鸟",
    "cow": "cows|cow|kuhe|vacas|vaches|mucche|牛",
    "sheep": "sheep|schafe|ovejas|moutons|pecore|羊",
    "car": "cars|car|autos|coches|carros|voitures|macchine|汽车|车",
    "bicycle": "bicycles|bicycle|bikes|bike|fahrrader|bicicletas|velos|biciclette|自行车",
    "boat": "boats|boat|ships|boote|schiffe|barcos|bateaux|barche|船",
    "bus": "buses|bus|busse|autobuses|autobus|公交车",
    "airplane": "airplanes|planes|flugzeuge|aviones|avions|aerei|飞机",
    "motorcycle": "motorcycles|motorbikes|motorrader|motos"
        "|摩托车", "elephant": "elephants|elephant|elefanten|elefantes|elefanti|大象",
    "zebra": "zebras|zebra|cebras", "giraffe": "giraffes|giraffe|giraffen|jirafas|girafes"
        "|giraffe", "bear": "bears|bear|baren|osos|ours|orsi",
    "chair": "chairs|stuhle|sillas|chaises|sedie|椅子", "bottle": "bottles|flaschen|botellas|bouteilles|bottiglie|瓶子",
    "cup": "cups|tassen|tazas|tasses|tazze|杯子", "umbrella": "umbrellas|regenschirme|paraguas|parapluies|ombrelli",
    "surfboard": "surfboards", "kite": "kites|drachen|cometas", "laptop": "laptops",
    "book": "books|bucher|libros|livres|libri|书",
    "pizza": "pizzas", "cake": "cakes|kuchen|pasteles|gateaux|torte", "apple": "apples|apfel|manzanas|pommes|mele|苹果",
})  # fmt: skip
NUMBER = rf"(?:\b\d{{1,3}}(?!\d)|{either(NUMBERS)})"
MORE = r"at least|mindestens|al menos|au moins|almeno"
OVER = r"more than|over|mehr als|mas de|plus de|piu di"
UNDER = r"fewer than|less than|weniger als|menos de|moins de|meno di"
COUNT = re.compile(
    rf"(?:\b(?:(?P<more>{MORE})|(?P<over>{OVER})|(?P<under>{UNDER}))\s+)?(?P<n>{NUMBER})"
    rf"(?P<or> or more| oder mehr| o mas| ou plus| o piu|\+)?\s+(?:[\w-]+\s+){{0,2}}?(?P<of>{either(NOUNS)})"
)
ONE = re.compile(  # an article alone, as in "ein Hund", counts nothing
    r"\b(?:only|just|exactly|nur|genau|bloss|solo|solamente|exactamente|seulement|juste|exactement|soltanto|esattamente"
    r"|(?P<single>a single|ein einziger|eine einzige|ein einziges|un solo|una sola|un seul|une seule))\s+"
    rf"(?(single)|(?:an?|ein|eine|einen|una?|uno|une)\s+)(?:[\w-]+\s+){{0,2}}?(?P<of>{either(NOUNS)})"
)
HAN_COUNT = re.compile(
    rf"(?P<n>(?<=有)一|[两二三四五六七八九十]|\d{{1,2}})[个只条辆名位头匹艘架本](?P<of>{either(NOUNS)})"
)
GROUP = re.compile(
    r"\b(?:groups? of (?:people|friends|kids|children|men|women)|crowds?(?: of people)?|group (?:photo|picture"
    r"|shot|portrait)s?"
    r"|gruppenfotos?|gruppenbild(?:er)?|gruppe von (?:menschen|leuten|personen)|grupo de (?:personas|gente"
    r"|amigos)|foto de grupo|multitud"
    r"|groupe de (?:personnes|gens|amis)|photos? de groupe|foule|gruppo di (?:persone|amici)|foto di gruppo"
    r"|folla)\b|一群人|合影|人群"
)
PORTRAIT = re.compile(
    r"\bportrait (?:photos?|pictures?|pics|images?|shots?)\b|^\s*portraits?\s*$|\bportratfotos?\b|\bportratbilder\b"
    r"|^\s*(?:portrats?|retratos?|ritratti)\s*$|人像(?:照片)?"
)
ALONE = re.compile(
    r"\b(?:alone|all by (?:him|her|my)self|single person|allein|alleine|sol[oa] (?:en|in)|tout seul|toute seule"
    r"|da sol[oa])\b|独自|一个人"
)
COLOURS = named({
    "black": "black|schwarz|schwarze|schwarzer|schwarzes|schwarzen|schwarzem|negro|negra|negros|negras|noir|noire|noirs"
        "|noires|nero|nera|neri|nere|黑色的?",
    "blue": "blue|blau|blaue|blauer|blaues|blauen|blauem|azul|azules|bleu|bleue|bleus|bleues"
        "|blu|azzurro|azzurra|蓝色的?",
    "brown": "brown|braun|braune|brauner|braunes|braunen|braunem|marron|marrones|brun|brune|marrone|marroni|棕色的?",
    "grey": "grey|gray|grau|graue|grauer|graues|grauen|grauem|gris|grises|grise|grigio|grigia|grigi|grigie|灰色的?",
    "green": "green|grun|grune|gruner|grunes|grunen|grunem|verde|verdes|vert|verte|verts|vertes|verdi|绿色的?",
    "orange": "orange|orangefarbene?|naranja|naranjas|arancione|arancioni|橙色的?|橘色的?",
    "pink": "pink|rosarot|rosarote|rosado|rosada|粉色的?|粉红色的?",
    "purple": "purple|lila|violett|violette|violetten|violettem|morado|morada|viola|紫色的?",
    "red": "red|rot|rote|roter|rotes|roten|rotem|rojo|roja|rojos|rojas|rouge|rouges|rosso|rossa|rossi|rosse|红色的?",
    "white": "white|weiss|weisse|weisser|weisses|weissen|weissem|weiß|weiße|weißer|weißes|weißen|weißem|blanco|blanca"
        "|blancos"
        "|blancas|blanc|blanche"
    "|blancs|blanches|bianco|bianca|bianchi|bianche|白色的?",
    "yellow": "yellow|gelb|gelbe|gelber|gelbes|gelben|gelbem|amarillo|amarilla|amarillos|amarillas|jaune|jaunes|giallo"
        "|gialla|gialli|gialle|黄色的?",
})  # fmt: skip
BASIC = tuple(dict.fromkeys(COLOURS.values()))
COLOUR = re.compile(either({w.replace("的?", ""): c for w, c in COLOURS.items()}))
MONO = (
    r"(?:\b(?:black (?:and|&) white|black-and-white|b&w|monochrome|schwarz-?wei(?:ss|ß)(?:e[nrs]?)?|blanco y negro"
    r"|noir et blanc|bianco e nero)\b|黑白)"
)
MONOCHROME = re.compile(MONO)
PICTURES = r"(?:photos?|pictures?|pics?|images?|shots?|fotos?|bilder|aufnahmen|imagenes|immagini|foto)"
MONOCHROMES = re.compile(
    rf"\b{PICTURES}\s+(?:in |en )?{MONO}|{MONO}[ -]?(?:{PICTURES}\b|的?照片)|^\s*(?:in |en )?{MONO}\s*$"
)
"""Pictures without colours, as against a black and white cat."""
NOT_A_COLOUR = words("juice juices tree trees fruit fruits slice slices peel blossom marmalade")
AFTER_NOUN = frozenset(
    w for w in COLOURS
    if w.split()[0] in words("negro negra negros negras noir noire noirs noires nero nera neri nere azul azules"
        " bleu bleue bleus bleues blu azzurro azzurra marron marrones brun brune marrone marroni gris grises"
        " grise grigio grigia grigi grigie verde verdes vert verte verts vertes verdi naranja naranjas arancione"
        " arancioni rosado rosada morado morada viola rojo roja rojos rojas rouge rouges rosso rossa rossi rosse"
        " blanco blanca blancos blancas blanc blanche blancs blanches bianco bianca bianchi bianche amarillo"
        " amarilla amarillos amarillas jaune jaunes giallo gialla gialli gialle")
)  # fmt: skip
STOP = (
    r"in|on|at|with|from|near|during|taken|by|but|and|or|nor|of|for|to|und|oder|aber|mit|im|am|an|auf|von|bei|y"
    r"|o|e|pero|en|con|de"
    r"|et|ou|mais|dans|avec|sur|ma|nel|nella|su|da|photos|pictures|images|videos|fotos|bilder"
)
CUE = (
    r"without(?: any)?|with no|no|not|except|excluding|but no|ohne|kein|keine|keinen|nicht|ausser|ni|sin|excepto"
    r"|sans(?: les?)?"
    r"|pas de|pas d'|sauf|senza|tranne|non"
)
WORDS = rf"(?:(?!(?:{STOP})\b)[\w'-]+)(?:\s+(?!(?:{STOP}|{CUE})\b)[\w'-]+){{0,2}}"
ABSENT = re.compile(
    rf"\b(?P<cue>{CUE})(?:\s+|(?<='))(?:(?:a|an|the|any|de|des|der|die|das|los|las|un|una)\s+)?(?P<what>{WORDS})"
)
ALSO = re.compile(
    rf"\s+(?:or|and|nor|oder|und|o|y|ni|ou|et|e)\s+(?!(?:an?|the|some|ein|eine|un|una|une)\b)"
    rf"(?:(?:no|without|ohne|sin|sans|senza)\s+)?(?P<what>{WORDS})"
)
DESCRIPTION = 7
"""A sentence of so many words describes a picture, and what it says is absent ranks instead of excluding."""
ASKS = re.compile(
    r"(?:(?:show|find|search|give|zeig|such|finde|muestra|busca|montre|cherche|mostra|cerca)\w*\s+(?:me |mir |moi )?)?"
    r"(?:(?:all|my|our|alle|meine|todas|mis|toutes|mes|tutte|le mie)\s+)*(?:the |die |las |les |le )?"
    r"(?:photos|pictures|pics|images|videos|fotos|bilder|aufnahmen|imagenes|immagini|foto)\b"
)
HAN_ABSENT = re.compile(r"(?:没有|不要|不含|不带|除了|无)(?P<what>[^\s，,。的在有和]{1,6})的?")
SIGNS = re.compile(
    r"no (?:parking|smoking|entry|entrance|swimming|diving|fishing|trespassing|stopping|exit|way|name|one"
    r"|man's)\b|non[- ]?stop|not so\b|no (?:[\w-]+ ){1,3}signs?\b"
)


def find_counts(s: Sentence) -> None:
    """Claim counts of things."""
    for match in [*s.found(COUNT), *s.found(HAN_COUNT)]:
        if s.free(*match.span()):
            of, n = NOUNS[match["of"]], count_of(match["n"])
            s.claim(*match.span(), limited(match, of, n), role=Role.SCORE, kept=True)
    for match in list(s.found(ONE)):
        s.claim(*match.span(), Count(NOUNS[match["of"]], 1, 1), role=Role.SCORE, kept=True)
    for pattern, count in ((GROUP, Count("person", 3, None)), (ALONE, Count("person", 1, 1))):
        for match in list(s.found(pattern)):
            s.claim(*match.span(), count, role=Role.SCORE, kept=True)
    for match in list(s.found(PORTRAIT)):
        s.claim(*match.span(), Count("face", 1, 2))


def count_of(word: str) -> int:
    """Return the value of a number in digits or words."""
    return int(word) if word.isdecimal() else NUMBERS.get(word) or HAN_NUMBERS[word]


def limited(match: re.Match[str], of: str, n: int) -> Count:
    """Return the count with the bound that the words around it set."""
    groups = match.groupdict()
    if groups.get("over"):
        return Count(of, n + 1, None)
    if groups.get("under"):
        return Count(of, 0, max(0, n - 1))
    return Count(of, n, None if groups.get("more") or groups.get("or") else n)


def find_colours(s: Sentence) -> None:
    """Claim colours of things."""
    for match in list(s.found(MONOCHROMES)):
        s.claim_or_not(*match.span(), Colour("monochrome"))
    for match in list(s.found(MONOCHROME)):
        s.claim(*match.span(), Colour("monochrome"), role=Role.SCORE, kept=True)
    for match in list(s.found(COLOUR)):
        claim_colour(s, match)


def claim_colour(s: Sentence, match: re.Match[str]) -> None:
    """Claim a colour with the noun it belongs to; orange alone, or before juice, is a fruit."""
    word, after = match[0], s.next_word(match.end())
    name = COLOURS.get(word) or COLOURS[word + "的?"]
    stops = set(STOP.split("|"))
    if word in AFTER_NOUN and word != "orange":
        before = re.search(r"([\w'-]+)\s+$", s.folded[: match.start()])
        noun = before[1] if before and before[1] not in stops else ""
    else:
        noun = after if after not in stops else ""
    if not word.isascii():
        rest = re.match(r"的?([^\s的在，,。]{1,4})", s.folded[match.end() :])
        noun = rest[1] if rest else ""
    if word == "orange" and (not noun or noun in NOT_A_COLOUR):
        return
    s.claim(*match.span(), Colour(name, noun), role=Role.SCORE, kept=True)


def find_absent(s: Sentence) -> None:
    """Claim what must not be seen: "without people", "no snow or ice"."""
    described = len(s.text.split()) >= DESCRIPTION and not ASKS.match(s.folded)
    role = Role.SCORE if described else Role.FILTER
    for match in list(ABSENT.finditer(s.folded)):
        if SIGNS.match(s.folded, match.start()) or not s.free(*match.span("cue")):
            continue
        end = free_end(s, match.start("what"), match.end("what"))
        if end > match.start("what"):
            s.claim(match.start(), end, Not(Content(s.text[match.start("what") : end].strip())), role=role)
            claim_also(s, end, role)
    for match in list(s.found(HAN_ABSENT)):
        s.claim(*match.span(), Not(Content(s.text[match.start("what") : match.end("what")])))


def claim_also(s: Sentence, end: int, role: Role) -> None:
    """Claim the rest of an enumeration of absent things."""
    while also := ALSO.match(s.folded, end):
        stop = free_end(s, also.start("what"), also.end("what"))
        if stop <= also.start("what") or not s.free(also.start(), also.start("what")):
            return
        s.claim(also.start(), stop, Not(Content(s.text[also.start("what") : stop].strip())), role=role)
        end = stop


def free_end(s: Sentence, start: int, end: int) -> int:
    """Return where what follows meets the next part."""
    while start < end and not s.free(start, end):
        end -= 1
    return end
