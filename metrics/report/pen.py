"""A pen on white paper: lines, areas, dots and words placed in points, y downwards, as PNG or SVG, drawn by matplotlib.

Matplotlib's axes would place titles and ticks by rules of their own and draw everything twice to make room. A report
needs few marks in exact places, so a picture is laid out by its drawing function and only painted here. Matplotlib is
imported with the first picture; its folder of settings is a temporary one, so that a home folder that is missing or
read-only does not matter and the fonts of the system are not read.
"""

import io
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape
from types import ModuleType, SimpleNamespace

from PIL import ImageFont

from metrics.report.fonts import chinese_font

Points = Sequence[tuple[float, float]]
_LOCK = threading.RLock()
_DASHES = {"": "solid", "dash": (0, (3, 2)), "dot": (0, (1, 1.8))}
_MIDDLE = 0.36  # of the size: how far below its middle a line of words has its baseline
_FINE = 200  # size at which words are measured
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]+")


class Pen:
    """A sheet of width × height points that remembers what is drawn on it, the last on top."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._drawn: list[tuple[str, tuple, dict]] = []

    def line(self, points: Points, colour: str, width: float = 1.0, dash: str = "") -> None:
        """Draw a line through points; dash: "", dash or dot."""
        look = {"color": colour, "linewidth": width, "linestyle": _DASHES[dash], "solid_joinstyle": "round"}
        self._drawn.append(("line", ([x for x, _ in points], [y for _, y in points]), look))

    def area(self, points: Points, fill: str | None, edge: str = "none", width: float = 0.0, dash: str = "") -> None:
        """Fill the polygon with these corners; fill None leaves it hollow."""
        look = {"facecolor": fill or "none", "edgecolor": edge, "linewidth": width, "linestyle": _DASHES[dash]}
        self._drawn.append(("area", (list(points),), {"closed": True, **look}))

    def box(self, x: float, y: float, across: float, tall: float, fill: str | None, **look: object) -> None:
        """Fill the rectangle with this upper left corner; look: edge, width and dash of its outline."""
        self.area([(x, y), (x + across, y), (x + across, y + tall), (x, y + tall)], fill, **look)

    def dot(self, x: float, y: float, radius: float, fill: str, edge: str = "none", width: float = 0.0) -> None:
        """Draw a round mark."""
        self._drawn.append(("dot", ((x, y), radius), {"facecolor": fill, "edgecolor": edge, "linewidth": width}))

    def words(
        self, x: float, middle: float, words: str, size: float, colour: str, bold: bool = False, align: str = "left"
    ) -> None:
        """Write one line of words; middle: the height at which the line has its middle; align: left, center or right."""
        look = {"font": (bold, size), "color": colour, "ha": align}
        self._drawn.append(("words", (x, middle + size * _MIDDLE, readable(words)), look))

    def png(self, dpi: int) -> bytes:
        """Return the sheet as PNG. Raises UserError without a Chinese font."""
        backend, out = _matplotlib(), io.BytesIO()
        backend.agg.FigureCanvasAgg(self._figure(dpi)).print_png(out, metadata={"Software": None})
        return out.getvalue()

    def svg(self, width_px: int, says: str = "") -> str:
        """Return the sheet as an <svg> element of this width that stands alone or within a page; words are paths.

        says: what a screen reader reads. Raises UserError without a Chinese font.
        """
        backend, out = _matplotlib(), io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure = self._figure(72)
        with _LOCK, backend.rc_context({"svg.hashsalt": "report", "svg.fonttype": "path"}):
            backend.svg.FigureCanvasSVG(figure).print_svg(out, metadata=nothing)
        return _inlined(out.getvalue(), width_px, width_px * self.height / self.width, readable(says))

    def _figure(self, dpi: int) -> object:
        backend = _matplotlib()
        figure = backend.Figure(figsize=(self.width / 72, self.height / 72), dpi=dpi, facecolor="white")
        at = backend.Affine2D().scale(1 / 72, -1 / 72).translate(0, self.height / 72) + figure.dpi_scale_trans
        for order, (kind, where, asked) in enumerate(self._drawn):
            look = dict(asked)
            if kind == "words":
                face = backend.font(*look.pop("font"))
                look |= {"fontproperties": face, "parse_math": False, "va": "baseline"}  # $ is a dollar
            figure.add_artist(backend.makes[kind](*where, transform=at, zorder=order, **look))
        return figure


def readable(words: str) -> str:
    """Return words on one line, without characters that cannot be printed."""
    return _UNREADABLE.sub(" ", words)


def width_of(words: str, size: float, bold: bool = False) -> float:
    """Return how many points wide words are. Raises UserError without a Chinese font."""
    return _ruler(chinese_font(bold)).getlength(readable(words)) * size / _FINE


@lru_cache(maxsize=4)
def _ruler(face: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face), _FINE, index=face.index, layout_engine=ImageFont.Layout.BASIC)


def _matplotlib() -> SimpleNamespace:
    """Return what is needed of matplotlib, imported once. Raises UserError without a Chinese font."""
    chinese_font()
    with _LOCK:
        return _imported()


@lru_cache(maxsize=1)
def _imported() -> SimpleNamespace:
    agg, svg = _import_quietly()
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontPath, FontProperties
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, Polygon
    from matplotlib.text import Text
    from matplotlib.transforms import Affine2D

    def font(bold: bool, size: float) -> FontProperties:
        face = chinese_font(bold)
        return FontProperties(fname=FontPath(str(face), face.index), size=size)

    makes = {"line": Line2D, "area": Polygon, "dot": Circle, "words": Text}
    return SimpleNamespace(
        agg=agg, svg=svg, rc_context=rc_context, Figure=Figure, Affine2D=Affine2D, font=font, makes=makes
    )


def _import_quietly() -> tuple[ModuleType, ModuleType]:
    """Import matplotlib's two canvases with an empty folder of settings and without a look at the system's fonts."""
    ours = {"MPLCONFIGDIR": tempfile.mkdtemp(prefix="pictures-"), "MPL_IGNORE_SYSTEM_FONTS": "1"}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        from matplotlib.backends import backend_agg, backend_svg
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        shutil.rmtree(ours["MPLCONFIGDIR"], ignore_errors=True)
    return backend_agg, backend_svg


def _inlined(svg: str, width: float, height: float, says: str) -> str:
    """Return matplotlib's SVG as an element for a page: no prolog, no style for the page, ids of its own, a size in px."""
    body = svg[svg.index("<svg") :]
    box = re.search(r'viewBox="([^"]*)"', body)[1]
    body = body[body.index(">") + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style .*?</style>|<defs>\s*</defs>|<!--.*?-->", "", body, flags=re.S)
    prefix = f"p{sha256((body + box).encode()).hexdigest()[:10]}-"
    named = set(re.findall(r'href="#([^"]*)"|url\(#([^)"]*)\)', body))
    used = {name for pair in named for name in pair if name}
    body = re.sub(r' id="([^"]*)"', lambda m: f' id="{prefix}{m[1]}"' if m[1] in used else "", body)
    body = body.replace('xlink:href="#', f'href="#{prefix}').replace("url(#", f"url(#{prefix}")
    body = re.sub(r">\s+<", "><", body).strip()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width:.0f}" height="{height:.0f}" role="img"'
        f' aria-label="{escape(says)}" style="stroke-linejoin:round;stroke-linecap:butt">{body}'
    )
