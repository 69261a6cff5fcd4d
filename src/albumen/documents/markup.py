"""Documents as Markdown and HTML, in reading order."""

from html import escape

from albumen.documents.document import CellKind, Document, Page, Region, RegionKind, Table
from albumen.documents.regions import entries

_LEFT_OUT = (RegionKind.PAGE_NUMBER, RegionKind.FIGURE)


def markdown(document: Document) -> str:
    """Return headings, paragraphs, lists and tables; pages are parted by a rule."""
    return "\n\n---\n\n".join(_markdown_page(page) for page in document.pages).strip() + "\n"


def _markdown_page(page: Page) -> str:
    return "\n\n".join(_markdown_region(region) for region in page.regions if region.kind not in _LEFT_OUT)


def _markdown_region(region: Region) -> str:
    texts = [line.text for line in region.lines]
    match region.kind:
        case RegionKind.TITLE:
            return "# " + " ".join(texts)
        case RegionKind.SECTION:
            return "## " + " ".join(texts)
        case RegionKind.TABLE if region.table is not None:
            return _markdown_table(region.table)
        case RegionKind.LIST:
            joined = (" ".join(line.text for line in entry) for entry in entries(region))
            return "\n".join("- " + text.lstrip("•▪◦*-· ") for text in joined)
        case RegionKind.PAIRS:
            return "  \n".join(texts)
        case _:
            return " ".join(texts)


def _markdown_table(table: Table) -> str:
    grid = [[text.replace("|", "\\|") for text in row] for row in table.grid()]
    headed = any(cell.kind is CellKind.HEADER for cell in table.cells)
    head, body = (grid[0], grid[1:]) if headed else ([""] * table.columns, grid)
    rows = [head, ["---"] * table.columns, *body]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def html(document: Document) -> str:
    """Return one section a page, with merged cells as spans and check boxes as inputs."""
    pages = (f'<section data-page="{page.number}">\n{_html_page(page)}\n</section>' for page in document.pages)
    return "\n".join(pages) + "\n"


def _html_page(page: Page) -> str:
    return "\n".join(_html_region(region) for region in page.regions if region.kind is not RegionKind.FIGURE)


def _html_region(region: Region) -> str:
    if region.table is not None:
        return _html_table(region.table)
    if region.kind is RegionKind.LIST:
        joined = (" ".join(escape(line.text) for line in entry) for entry in entries(region))
        return "<ul>" + "".join(f"<li>{text.lstrip('•▪◦*-· ')}</li>" for text in joined) + "</ul>"
    tags = {RegionKind.TITLE: "h1", RegionKind.SECTION: "h2", RegionKind.HEADER: "header", RegionKind.FOOTER: "footer"}
    tag = tags.get(region.kind, "p")
    joint = "<br>" if region.kind is RegionKind.PAIRS else " "
    return f"<{tag}>{joint.join(escape(line.text) for line in region.lines)}</{tag}>"


def _html_table(table: Table) -> str:
    title = f"<caption>{escape(table.title.text)}</caption>" if table.title else ""
    rows = ("<tr>" + "".join(_html_cells(table, row)) + "</tr>" for row in range(table.rows))
    return f"<table>{title}" + "\n".join(rows) + "</table>"


def _html_cells(table: Table, row: int) -> list[str]:
    cells: list[str] = []
    for cell in (c for c in table.cells if c.row == row):
        tag = "th" if cell.kind is CellKind.HEADER else "td"
        spans = (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (
            f' colspan="{cell.columns}"' if cell.columns > 1 else ""
        )
        boxes = "".join(f'<input type="checkbox" disabled{" checked" if m.selected else ""}>' for m in cell.marks)
        cells.append(f"<{tag}{spans}>{boxes}{escape(cell.text)}</{tag}>")
    return cells
