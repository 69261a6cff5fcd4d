"""Kinds of documents and sums of money in a sentence: "receipt 27.50", "Rechnung über 27,50 €", "invoices over $100".

What is no more than a word, such as receipt, only filters in libraries that have such documents.
"""

import re
from typing import cast, get_args

from albumen.library.query.parts import Amount, Paper, PaperKind, Plain
from albumen.library.query.sentence import Sentence, fold_letters

WORDS: tuple[tuple[PaperKind, re.Pattern[str]], ...] = tuple(
    (cast(PaperKind, name), re.compile(rf"\b(?:{pattern})\b"))
    for name, pattern in (
        ("receipt", r"(?:till |sales )?receipts?|invoices?|rechnung(?:en)?|quittung(?:en)?|kassenbons?|kassenzettel"
         r"|belege?|factures?|tickets? de caisse|recus?|facturas?|recibos?|fatture?|scontrin[oi]|ricevut[ae]"),
        ("identity", r"identity (?:cards?|papers?|documents?)|id cards?|passports?|driv(?:er|ing)'?s? licen[cs]es?"
         r"|personalausweise?|ausweise?|reisep(?:a|ae)ss(?:e)?|fuhrerscheine?|passeports?|permis de conduire"
         r"|pasaportes?|passaport[oi]"),
        ("form", r"filled[ -](?:in|out) forms?|formulare?|formulaires?|formularios?"),
        ("document", r"(?:scanned )?documents?|paperwork|dokumente?|unterlagen|documentos?|document[oi]"),
    )
)  # fmt: skip
_CURRENCY = r"(?:[$€£¥]|(?:usd|eur|euros?|gbp|chf|dollars?|pounds?|rm|myr)\b)"
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{2})?|\d+(?:[.,]\d{2})?"
_LEAST = r"over|more than|above|at least|from|mehr als|mindestens|plus de|mas de|piu di"
_MOST = r"under|less than|below|at most|up to|unter|weniger als|hochstens|bis zu|moins de|menos de|meno di"
_OF = r"of|for|about|uber|von|fur|de|da|di|por|pour|per"
MONEY = re.compile(
    rf"(?<![\w/.,-])(?:(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|{_OF})\s+)?"
    rf"(?:{_CURRENCY}\s?(?P<after>{_NUMBER})|(?P<before>{_NUMBER})\s?{_CURRENCY})(?![\w/-]|[.,]\d)"
)
BARE = re.compile(
    rf"(?<![\w/.,:-])(?:(?:{_OF})\s+)?(?P<sum>\d+(?:[.,]\d{{3}})*[.,]\d{{2}})"
    r"(?![\w/%:-]|[.,]\d|\s?(?:uhr|h|am|pm|mm|m|s)\b)"
)
ALL = 10**12
MOST = 10**17
"""A longer number counts as this one, which fits into 64 bits."""


def find_money(s: Sentence) -> None:
    """Claim sums with a currency."""
    for match in list(s.found(MONEY)) if s.known.papers else ():
        cents = to_cents(match["after"] or match["before"])
        least, most = (cents, ALL) if match["least"] else (0, cents) if match["most"] else (cents, cents)
        s.claim(*match.span(), Amount(least, most))


def find_papers(s: Sentence) -> None:
    """Claim kinds of documents that the library has, and sums without a currency that no rule took for a time."""
    for name, pattern in WORDS if s.known.papers else ():
        if has(name, s.known.papers):
            for match in list(s.found(pattern)):
                s.claim_or_not(*match.span(), Paper(name))
    for match in list(s.found(BARE)) if s.known.papers else ():
        cents = to_cents(match["sum"])
        s.claim(*match.span(), Amount(cents, cents))


def read_paper(value: str) -> Plain | None:
    """Return a kind of document from an explicit `kind:receipt`."""
    folded = fold_letters(value)
    name = folded if folded in get_args(PaperKind) else folded.rstrip("s")
    return Paper(cast(PaperKind, name)) if name in get_args(PaperKind) else None


def has(name: PaperKind, papers: tuple[str, ...]) -> bool:
    """Tell whether a library whose documents are of such kinds has those that a word means."""
    return name == "document" or bool({"receipt", "invoice"} & set(papers) if name == "receipt" else name in papers)


def to_cents(number: str) -> int:
    """Return a number as people write sums, in hundredths."""
    plain = re.sub(r"[ ']", "", number)
    whole, mark, end = plain.replace(",", ".").rpartition(".")
    if mark and len(end) == 2:
        return min(100 * int(whole.replace(".", "") or 0) + int(end), MOST)
    return min(100 * int(re.sub(r"\D", "", plain)), MOST)
