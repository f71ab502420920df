"""Markdown in decks: what is a formula, what is money, what is code; pictures and links."""

import re

import pytest

from course_utils.publishing.markdown import MarkdownError, draw_formula, escape_money, render_markdown, unseen_formulas


def rendered(text, **options):
    """A text's HTML, in which the LaTeX of each formula stands for its drawing."""
    return re.sub(
        r'<svg[^>]*aria-label="([^"]*)".*?</svg>', r"[\1]", str(render_markdown(text, **options)), flags=re.DOTALL
    ).strip()


SPAN = '<span class="formula">[{}]</span>'
BLOCK = '<div class="formula">[{}]</div>'
TEXTS = {
    "a formula": ("$a_1$ and $b_1$", f"<p>{SPAN.format('a_1')} and {SPAN.format('b_1')}</p>"),
    "with blanks": ("Is $ x $ it?", f"<p>Is {SPAN.format('x')} it?</p>"),
    "over two lines": ("$a +\n b$", f"<p>{SPAN.format('a + b')}</p>"),
    "a full stop": ("It is $x$. On.", '<p>It is <span class="formula">[x].</span> On.</p>'),
    "in bold": ("**All $x_1$, all**", '<p><strong>All <span class="formula">[x_1],</span> all</strong></p>'),
    "in a table": ("| a |\n|---|\n| $x$ |", SPAN.format("x")),
    "in a table, before a number": (
        "| a |\n|---|\n| $x$, at most 1 |",
        '<td><span class="formula">[x],</span> at most 1',
    ),
    "in a link and an emphasis": ("[*at $x$*](a.html) $5", f'<a href="a.html"><em>at {SPAN.format("x")}</em></a> $5'),
    "displayed": ("$$\n\\sum_i\nx_i\n$$", BLOCK.format("\\sum_i x_i")),
    "displayed in a line": ("It is $$x$$ now", '<p>It is <span class="formula display">[x]</span> now</p>'),
    "aligned": ("So\n\\begin{align}\na\n\\end{align}", BLOCK.format("\\begin{align} a \\end{align}")),
    "aligned in a line": (
        "So \\begin{align*} a \\end{align*} now",
        '<p>So <span class="formula display">[\\begin{align*} a \\end{align*}]</span> now</p>',
    ),
    "aligned in a quotation": ("> \\begin{align}\n> a\n> \\end{align}", BLOCK.format("\\begin{align} a \\end{align}")),
    "eqnarray": ("\\begin{eqnarray}\na &=& 1\n\\end{eqnarray}", "[\\begin{eqnarray} a &amp;=&amp; 1 \\end{eqnarray}]"),
    "an environment in code": ("`\\begin{align}a\\end{align}`", "<p><code>\\begin{align}a\\end{align}</code></p>"),
    "an environment over a blank line": ("\\begin{align}\n\na\n\\end{align}", "<p>\\begin{align}</p>"),
    "brackets as JupyterLab needs them": ("Is \\\\(x_1\\\\) it?", f"<p>Is {SPAN.format('x_1')} it?</p>"),
    "square ones": ("So\n\\\\[\na\n- b\n\\\\]\nnow", f"<p>So</p>\n{BLOCK.format('a - b')}\n<p>now</p>"),
    "square ones in a line": ("So \\\\[x\\\\] now", '<p>So <span class="formula display">[x]</span> now</p>'),
    "brackets in code": ("`\\\\(x\\\\)` and `\\(x_1\\)`", "<p><code>\\\\(x\\\\)</code> and <code>\\(x_1\\)</code></p>"),
    "money": ("It costs $5 and $10.", "<p>It costs $5 and $10.</p>"),
    "one price": ("It costs $5.", "<p>It costs $5.</p>"),
    "escaped money": ("It costs \\$5, not \\$10.", "<p>It costs $5, not $10.</p>"),
    "money, both ways, and a formula": (
        "$5 and $10, or \\$3; $x$",
        f"<p>$5 and $10, or $3; {SPAN.format('x')}</p>",
    ),
    "money as JupyterLab needs it": ("\\\\$5 and \\\\$10, $x$", f"<p>$5 and $10, {SPAN.format('x')}</p>"),
    "money in code and outside": ("$5 and `x$`", "<p>$5 and <code>x$</code></p>"),
    "code": ("`$5 and $6`", "<p><code>$5 and $6</code></p>"),
    "code with a backtick": ("``a $b ` $c`` end", "<p><code>a $b ` $c</code> end</p>"),
    "fenced": ("```\n$a and $b\n```", '<div class="highlight"><pre>$a and $b\n</pre></div>'),
    "fenced by tildes": ("~~~text\n$a and $b\n~~~", '<div class="highlight"><pre>$a and $b\n</pre></div>'),
    "indented": ("So\n\n    $a and $b\n", "<p>So</p>\n<pre><code>$a and $b\n</code></pre>"),
    "fenced in a list": ("- a\n\n  ```\n  $a and $b\n  ```", "<pre>$a and $b\n</pre>"),
    "a link to a lesson": ("[5](05_training.ipynb)", '<p><a href="05_training.html">5</a></p>'),
    "a link elsewhere": ("[a](https://example.org/a.ipynb)", '<p><a href="https://example.org/a.ipynb">a</a></p>'),
}


@pytest.mark.parametrize("about", TEXTS)
def test_what_is_a_formula_and_what_is_not(about):
    text, expected = TEXTS[about]
    html = rendered(text)
    assert expected in html and html.count("[") == expected.count("[")


def test_a_formula_is_drawn_with_its_latex_as_its_label():
    html = render_markdown("$\\frac{1}{2} < a$")
    assert html.count("<svg") == 1 and 'aria-label="\\frac{1}{2} &lt; a"' in html and 'role="img"' in html


def test_code_has_the_colors_of_its_language():
    assert '<span class="k">if</span>' in render_markdown("```python\nif a:\n    b\n```")


@pytest.mark.parametrize("name", ["align", "gather", "equation", "multline"])
def test_an_environment_gets_no_number(name):
    with_star, without = (
        re.sub('aria-label="[^"]*"', "", draw_formula(rf"\begin{{{name}{star}}} a \end{{{name}{star}}}", inline=False))
        for star in ("*", "")
    )
    assert without == with_star


@pytest.mark.parametrize("latex", ["\\frac{a}{", "\\unheard{x}", "a_", "\\left( a"])
@pytest.mark.parametrize("ends", ["$", "$$"])
def test_a_formula_that_cannot_be_drawn_is_named(latex, ends):
    with pytest.raises(MarkdownError) as error:
        render_markdown(f"So {ends}{latex}{ends}.")
    assert f"expected a formula that can be drawn, got {latex!r}" in str(error.value)


@pytest.mark.parametrize("environment", ["eqnarray", "eqnarray*", "alignat", "flalign", "flalign*"])
def test_what_ziamath_does_not_know_is_drawn_as_what_it_knows(environment):
    """Drawn as it is, one of these would end in an error of the XML inside."""
    columns = "{2}" if environment == "alignat" else ""
    drawn = draw_formula(
        rf"\begin{{{environment}}}{columns} a & b \label{{c}} \\ c & d \end{{{environment}}}", inline=False
    )
    two_columns = "{array}{rcl}" if environment.startswith("eq") else "{align}"
    end = two_columns[: two_columns.index("}") + 1]
    same = draw_formula(rf"\begin{two_columns} a & b \\ c & d \end{end}", inline=False)
    assert re.sub('aria-label="[^"]*"', "", drawn) == re.sub('aria-label="[^"]*"', "", same)


def test_an_environment_that_nobody_knows_is_named():
    with pytest.raises(MarkdownError, match="it does not know the environment figure"):
        render_markdown(r"\begin{figure}a\end{figure}")


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        (r"\(x_1\)", "$x_1$"),
        (r"\( x \)", "$x$"),
        ("\\[\ny = x\n\\]", "$$y = x$$"),
        (r"\[\frac{1}{2}\]", r"$$\frac{1}{2}$$"),
    ],
)
def test_what_jupyterlab_shows_as_brackets_is_told(text, dollars):
    with pytest.raises(MarkdownError) as error:
        render_markdown(f"So {text} is it.")
    assert f"got {text!r}, which JupyterLab shows as text; write {dollars}" in str(error.value)
    assert unseen_formulas(f"- So {text} is it.\n- And `{text}`.") == [str(error.value)]


def test_brackets_that_are_escaped_are_brackets():
    text = r"\[1\], \[a link\](b_c), \(see below\), \[ \] to do, \[x\] done, \(ab\) b_c \(d e\)"
    assert render_markdown(text) == f"<p>{text.replace(chr(92), '')}</p>\n" and unseen_formulas(text) == []


@pytest.mark.parametrize("address", ["attachment:my%20own.png", "<attachment:my own.png>"])
def test_a_pasted_picture_is_shown(address):
    html = render_markdown(f"![mine]({address})", {"my own.png": {"image/png": "AAAA"}})
    assert html == '<p><img src="data:image/png;base64,AAAA" alt="mine" /></p>\n'


COPIES = {
    "money": ("It costs $5 and $10.", r"It costs \\$5 and \\$10."),
    "escaped money": (r"It costs \$5, not \$10.", r"It costs \\$5, not \\$10."),
    "as it should be": (r"It costs \\$5, not \\$10.", r"It costs \\$5, not \\$10."),
    "one price": ("It costs $5.", "It costs $5."),
    "formulas": ("Is $x$ or $$y$$?\n\n$$\nz\n$$", "Is $x$ or $$y$$?\n\n$$\nz\n$$"),
    "among others": ("`$a`\n\n- $x$ is $5, `$b`\n- so $6\n", "`$a`\n\n- $x$ is \\\\$5, `$b`\n- so \\\\$6\n"),
    "in a table": ("| $a$ | b |\n|---|---|\n| $5 | `$` $6 |", "| $a$ | b |\n|---|---|\n| \\\\$5 | `$` \\\\$6 |"),
    "after code": ("~~~\n$a and $b\n~~~\n\n> $5 and $6", "~~~\n$a and $b\n~~~\n\n> \\\\$5 and \\\\$6"),
}


@pytest.mark.parametrize("about", COPIES)
def test_in_a_copy_money_is_written_as_jupyterlab_needs_it(about):
    text, expected = COPIES[about]
    assert escape_money(text) == expected == escape_money(expected)
    assert render_markdown(text) == render_markdown(expected)
