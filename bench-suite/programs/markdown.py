"""Text with marks turned into HTML: methods of strings, regular expressions with functions."""
import re
from html import escape

TEXT = """# Cranes
Cranes are *tall* birds with **long** legs; see `Grus` and [the list](list.html).

* the brolga dances
* the *sarus* crane is 1.8 m tall & heavy
* others < 10 kg

## Where
They live on all continents but South America and Antarctica.
Some fly over the Himalaya.
""" * 12

INLINE = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[(.+?)\]\((.+?)\)")


def mark(m):
    strong, emphasis, code, text, link = m.groups()
    if strong:
        return f"<strong>{strong}</strong>"
    if emphasis:
        return f"<em>{emphasis}</em>"
    if code:
        return f"<code>{code}</code>"
    return f'<a href="{link}">{text}</a>'


def render(text):
    out, paragraph, in_list = [], [], False

    def flush():
        if paragraph:
            out.append("<p>" + " ".join(paragraph) + "</p>")
            paragraph.clear()

    for line in text.splitlines():
        line = INLINE.sub(mark, escape(line.rstrip(), quote=False))
        is_item = line.startswith("* ")
        if is_item != in_list:
            flush()
            out.append("<ul>" if is_item else "</ul>")
            in_list = is_item
        if is_item:
            out.append(f"<li>{line[2:]}</li>")
        elif line.startswith("#"):
            flush()
            level = len(line) - len(line.lstrip("#"))
            out.append(f"<h{level}>{line.lstrip('# ')}</h{level}>")
        elif line:
            paragraph.append(line)
        else:
            flush()
    flush()
    return "\n".join(out)


def run():
    html = render(TEXT)
    return len(html), html.count("<li>"), html[:80]
