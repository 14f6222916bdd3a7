"""What `mkdocs build` adds: a page for each module, an index of them, and no links that lead out of the site."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nmt_rag"
CARDS = {"model-card.md": "models/nmt-e5-small-sv/README.md", "reader-card.md": "models/nmt-reader-sv/README.md"}
"""The pages of the packaged models, and where in the package they lie."""
_UPWARD = re.compile(r"\[([^\]]+)\]\((?:\.\./)+([^)\s]+)\)")


def _first_line(path: Path) -> str:
    """Return the first sentence of a module's docstring, which says what the module is for."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n", 1)[0]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the README as the first page, the models' cards, and the API: a page for each module, one that lists them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=_readme_links(readme)))
    for name, path in CARDS.items():
        card = (PACKAGE / path).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=_card_links(card)))
    lines = ["# API", "", "What each module is for; `import nmt_rag` gives the names that most programs need.", ""]
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        content = f"# {name}\n\n::: {name}\n"
        page = File.generated(config, f"api/{name}.md", content=content, inclusion=InclusionLevel.NOT_IN_NAV)
        files.append(page)
        lines.append(f"* [`{name}`]({name}.md): {_first_line(path)}")
    files.append(File.generated(config, "api/index.md", content="\n".join(lines) + "\n"))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Name the files outside of the site instead of linking to them."""
    depth = page.file.src_uri.count("/")
    for name, path in CARDS.items():
        markdown = markdown.replace(f"](../nmt_rag/{path})", f"]({name})")
    return _UPWARD.sub(lambda found: _named(found) if found[0].count("../") > depth else found[0], markdown)


def _readme_links(text: str) -> str:
    """Return the README as it reads from within ``docs``: links to there are neighbours, all others lead upward."""
    text = re.sub(r"\]\((?!https?:|docs/|#)", "](../", text)
    return text.replace("](docs/", "](")


def _card_links(text: str) -> str:
    """Return a model's card as it reads from within ``docs``: the other card and the documents are neighbours."""
    return text.replace("](../nmt-", "](../nmt_rag/models/nmt-").replace("](../../../docs/", "](")


def _named(found: re.Match[str]) -> str:
    return f"{found[1]} (`{found[2]}`)"
