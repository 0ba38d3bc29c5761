"""A real JupyterLab and a real Chromium, and what tests do with them.

Fixtures of `tests/browser/conftest.py` hand these out: ``open_notebook(name, *cells)`` gives a
`Notebook`, ``accessibility(notebook, selector)`` gives what axe-core finds there.
"""
