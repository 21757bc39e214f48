"""What a person looks at: the page that a run writes."""

from putar.workbench.page import page_text, write_page

__all__ = ["page_text", "write_page"]
