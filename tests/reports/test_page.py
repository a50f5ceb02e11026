"""Lines of styled text, and what becomes of their styles."""

from eigcheck.reports.page import Look, bare, beside, draw, ended, labelled, styled, to_html, to_text

LINE = f"a {styled('bad', 'bold red')} {styled('cell <1>', 'white on red')}"


def test_a_text_has_no_styles() -> None:
    assert to_text([LINE, "", "b  "]) == "a bad cell <1>\n\nb\n"
    assert bare(LINE) == "a bad cell <1>"


def test_colours_are_those_of_a_terminal() -> None:
    assert draw([LINE], Look(colour=True)) == "a \x1b[1;31mbad\x1b[0m \x1b[37;41mcell <1>\x1b[0m\n"


def test_a_page_has_styles_of_its_own_and_no_foreign_elements() -> None:
    assert to_html([LINE]) == (
        '<pre style="line-height: 1.3">a <span style="font-weight: bold; color: red">bad</span> '
        '<span style="color: white; background: red">cell &lt;1&gt;</span></pre>'
    )


def test_a_line_that_is_broken_keeps_its_styles() -> None:
    look = Look(width=7, colour=True, terminal=True)
    rows = draw(ended(LINE, look), look).splitlines()
    assert rows == ["a \x1b[1;31mbad\x1b[0m ", "\x1b[37;41mcell \x1b[0m", "\x1b[37;41m<1>\x1b[0m"]
    assert ended(LINE, Look(width=7)) == [LINE]


def test_panels_and_labels_keep_their_columns() -> None:
    assert beside([["a", styled("bcd", "dim")], ["e", "f"]], gap=1) == ["a   e", styled("bcd", "dim") + " f"]
    told = labelled("why", "a long story (1, 0) of it", label_width=5, width=25, style="")
    assert told == ["why  a long story (1, 0)", "     of it"]
