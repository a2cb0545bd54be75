"""What mkdocs does beside its own: pages that nobody has listed, links that leave docs/, links to folders.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import posixpath
import re

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


def on_config(config):
    """Pages that mkdocs.yml does not name stand at the end: those of Rationale/ by themselves, the rest under More."""
    named = set(re.findall(r"[\w/]+\.md", str(config["nav"])))
    docs = pathlib.Path(config["docs_dir"])
    rest = sorted(str(page.relative_to(docs)) for page in docs.rglob("*.md") if str(page.relative_to(docs)) not in named)
    for title, pages in (("More", [page for page in rest if "/" not in page]),
                         ("Why things are so", [page for page in rest if page.startswith("Rationale/")]),
                         ("More targets", [page for page in rest if page.startswith("Targets/")])):
        if pages:
            config["nav"].append({title: pages})
    return config


def on_page_markdown(markdown, page, config, files):
    """A link to a file of the repository that is no page becomes its name; a folder of pages, its first page."""
    here = posixpath.dirname(page.file.src_uri)
    docs = pathlib.Path(config["docs_dir"])

    def settle(match):
        words, target = match.groups()
        if "://" in target or target.startswith(("#", "mailto:")):
            return match.group(0)
        path = posixpath.normpath(posixpath.join(here, target.split("#")[0]))
        if not (docs / path).exists():
            return match.group(0)  # mkdocs tells of it
        if path.startswith(".."):
            return words if words.startswith("`") else f"`{path.lstrip('./')}`"
        if (docs / path).is_dir():
            first = sorted((docs / path).glob("*.md"))[0].name
            return f"[{words}]({posixpath.join(target, first)})"
        return match.group(0)

    return LINK.sub(settle, markdown)
