"""The command `albumen read FILE`: the text, tables and forms of a document, and answers to questions about it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from albumen.cli.context import Context, pass_context
from albumen.cli.exits import Exit
from albumen.cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albumen.core.arrays import Image
    from albumen.documents.document import Document, Page
    from albumen.documents.queries import Answer
    from albumen.documents.reader import Reader
    from albumen.media.sandbox import Sandbox

_MEMORY_MB, _SECONDS = 2000, 60.0
"""What drawing one page may take."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--query", "queries", multiple=True, metavar="Q", help="Ask the document a question; may be repeated.")
@click.option("--json", "json_", is_flag=True, help="Print JSON: words, tables, pairs and answers with their places.")
@click.option("--markdown", is_flag=True, help="Print Markdown: headings, paragraphs and tables in reading order.")
@click.option("--pdf", type=click.Path(path_type=Path), help="Also write a PDF whose text can be searched.")
@click.option(
    "--picture", type=click.Path(path_type=Path), help="Also write the first page as PNG with what was found."
)
@click.option("--model", default="ppocr-v6.small", show_default=True, help="The model that reads the text.")
@pass_context
def read(
    context: Context,
    file: Path,
    queries: tuple[str, ...],
    json_: bool,
    markdown: bool,
    pdf: Path | None,
    picture: Path | None,
    model: str,
) -> int:
    """Read a PDF, TIFF or picture: text, tables, forms, and answers to questions."""
    from albumen.documents.queries import query
    from albumen.media.sandbox import Sandbox

    reader = _reader(context, model)
    with Sandbox(workers=1, memory_mb=_MEMORY_MB, seconds=_SECONDS) as sandbox:
        document = _document(reader, file, pdf, picture, sandbox=sandbox)
    for number, fault in document.notes.items():
        click.echo(f"page {number}: {fault}", err=True)
    answers = {question: query(document, question) for question in queries}
    if json_:
        print_json(document.to_dict() | {"answers": {q: _plain(a) for q, a in answers.items()}})
    elif queries:
        for question, answer in answers.items():
            click.echo(f"{question}\t{answer.text if answer else ''}")
    else:
        click.echo(document.to_markdown() if markdown else document.text)
    return Exit.OK


def _reader(context: Context, model: str) -> "Reader":
    from albumen.documents.reader import Reader
    from albumen.models.pool import Pool
    from albumen.vision.text.ppocr import PPOCR, Setting

    return Reader(PPOCR(context.cards[model], Pool(context.store), setting=Setting.PAGE))


def _document(
    reader: "Reader", file: Path, pdf: Path | None, picture: Path | None, *, sandbox: "Sandbox"
) -> "Document":
    if pdf is None and picture is None:
        return reader.read(file, sandbox=sandbox)
    from albumen.documents.document import Document
    from albumen.documents.pages import open_sheets
    from albumen.documents.picture import draw, encode
    from albumen.stores.disk import replace

    pages: list[Page] = []
    faults: dict[int, str] = {}

    def upright() -> "Iterator[tuple[Page, Image]]":
        for sheet in open_sheets(file, sandbox=sandbox):
            page, image = reader.upright(sheet)
            pages.append(page)
            if sheet.fault:
                faults[sheet.number] = sheet.fault
            if picture is not None and page.number == 1:
                replace(picture, encode(draw(page, image)))
            yield page, image

    _save(upright(), pdf)
    return Document(tuple(pages), faults)


def _save(pages: "Iterator[tuple[Page, Image]]", pdf: Path | None) -> None:
    """Go through the pages and write them as they come; a document may be written over itself."""
    from albumen.documents.searchable import write
    from albumen.stores.disk import writing

    if pdf is None:
        for _ in pages:
            pass
        return
    draft = pdf.with_name(f".{pdf.name}.part")
    with writing(pdf):
        try:
            with draft.open("wb") as out:
                write(pages, out)
            draft.replace(pdf)
        finally:
            draft.unlink(missing_ok=True)


def _plain(answer: "Answer | None") -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "text": answer.text,
        "confidence": round(answer.confidence, 4),
        "page": answer.page,
        "box": list(answer.box),
    }
