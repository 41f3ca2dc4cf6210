"""Configuration of the documentation site: `make docs` builds it offline, warnings as errors."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

project = "vae-autograder"
author = "the authors of this kit"
copyright = "2026, the authors of this kit"  # noqa: A001 - the name that Sphinx reads

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "kit_reference",
]
exclude_patterns = ["_build", "_ext"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3  # `page.md#heading` works for every heading down to the third level

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
default_role = "code"  # docstrings use single backticks for names
napoleon_use_ivar = True  # attributes of a dataclass are described once, not twice

html_theme = "furo"
html_title = "vae-autograder"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["reference/result.schema.json"]  # published at the root of the site
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#2f5d9b", "color-brand-content": "#2f5d9b"},
    "dark_css_variables": {"color-brand-primary": "#8db4ea", "color-brand-content": "#8db4ea"},
}
pygments_style = "friendly"
pygments_dark_style = "monokai"
