"""How lists are paged."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Cursor pages, newest first; the id is unique, so no row is skipped or shown twice."""

    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering = ("-id",)
