"""Tables as pandas data frames. pandas is untyped here and optional: `Any` stands for its parts."""

from typing import Any

from albumen.core.errors import MissingExtra
from albumen.documents.document import CellKind, Table


def to_pandas(table: Table) -> Any:
    """Return a data frame; header rows name the columns, several of them joined by " / "."""
    try:
        import pandas  # pyright: ignore[reportMissingImports, reportMissingModuleSource]
    except ImportError:
        raise MissingExtra("data frames need the package pandas, which is not installed; pip install pandas") from None
    heads = {cell.row for cell in table.cells if cell.kind is CellKind.HEADER}
    grid = table.grid()
    names = [" / ".join(filter(None, (grid[r][c] for r in sorted(heads)))) for c in range(table.columns)]
    body = [row for r, row in enumerate(grid) if r not in heads]
    frame: Any = pandas.DataFrame(body, columns=names if heads else None)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return frame  # pyright: ignore[reportUnknownVariableType]
