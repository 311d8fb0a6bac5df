# SPDX-License-Identifier: GPL-2.0-only
# Sphinx, for Documentation/build. Manual pages need nothing but Sphinx; HTML has
# kernel-doc comments in it, by the extension of a kernel source, and Markdown.
import os
import re
import sys

here = os.path.dirname(os.path.abspath(__file__))
top = os.path.dirname(here)
kernel = os.environ.get("NTDVD_KERNEL_SOURCE")

project = "ntdvd"
author = "ntdvd maintainers"
copyright = "2026 " + author
with open(os.path.join(top, "Kbuild")) as kbuild:
    release = version = re.search(r"^NTDVD_VERSION := (.*)$", kbuild.read(), re.M)[1]

extensions = ["sphinx.ext.graphviz"]
if kernel:
    sys.path.insert(0, os.path.join(kernel, "Documentation", "sphinx"))
    extensions += ["kerneldoc", "myst_parser"]
    kerneldoc_bin = os.path.join(kernel, "scripts", "kernel-doc")
    kerneldoc_srctree = top
    kerneldoc_verbosity = 0

source_suffix = {".rst": "restructuredtext", ".md": "markdown"} if kernel else ".rst"
exclude_patterns = []
primary_domain = "c"
highlight_language = "none"
html_theme = "alabaster"
html_theme_options = {
    "description": "The Windows DVD interface of DVD drives",
    "page_width": "1300px",
    "body_max_width": "none",
}
html_copy_source = False
html_static_path = ["static"]
graphviz_output_format = "svg"
smartquotes = False

man_pages = [
    ("ntdvdctl", "ntdvdctl", "see and control the Windows DVD interface of drives",
     [], 1),
    ("ntdvd", "ntdvd", "the Windows DVD interface of DVD drives", [], 4),
]
man_show_urls = True
