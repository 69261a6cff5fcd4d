"""Writes small PDF files by hand, so that each can be wrong in its own way."""

from collections.abc import Mapping, Sequence


def make_pdf(
    pages: Sequence[Sequence[str]],
    *,
    said: Mapping[str, str] | None = None,
    size: tuple[int, int] = (595, 842),
    rotate: int = 0,
    catalog: str = "",
    trailer: str = "",
) -> bytes:
    """Return a PDF whose pages hold these lines in 14 points, from the top; `said` is what it says of itself."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj 0 -24 Td" for line in lines)
        drawn = f"BT /F1 14 Tf 60 {size[1] - 80} Td {shown} ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Rotate {rotate}"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * i} 0 R >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    objects.append("<< " + " ".join(f"/{name} ({value})" for name, value in (said or {}).items()) + " >>")
    return _joined(objects, trailer)


def _joined(objects: Sequence[str], trailer: str) -> bytes:
    out, offsets = bytearray(b"%PDF-1.7\n"), list[int]()
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    rows = "".join(f"{at:010} 00000 n \n" for at in offsets)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{rows}trailer\n<< /Size {count} /Root 1 0 R /Info {count - 1} 0 R"
    return bytes(out + f"{end} {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n".encode())


LOCK = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'6f' * 32}> /U <{'75' * 32}> /P -4 >> /ID [<00> <00>]"
"""In a trailer, says that the file is locked with a password that nobody knows."""
