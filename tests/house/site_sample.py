"""A hook of `mkdocs build` for the tests: the API pages of a few modules show their members, the others only what for.

The docstrings of all members are parsed by `test_docs_site.py`; `make docs` renders each of them.
"""

SHOWN = (
    "nmt_rag",
    "nmt_rag.types",
    "nmt_rag.errors",
    "nmt_rag.langchain.vectorstore",
    "nmt_rag.rag.rag",
)
"""Functions, data, exceptions, and classes of their own and of another library."""


def on_page_markdown(markdown, page, **_):
    """Leave out the members of a module whose page is not shown in full."""
    folder, _, name = page.file.src_uri.removesuffix(".md").rpartition("/")
    if folder != "api" or name == "index" or name in SHOWN:
        return markdown
    return markdown.replace(f"::: {name}\n", f"::: {name}\n    options:\n      members: false\n")
