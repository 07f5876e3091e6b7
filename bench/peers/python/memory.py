"""The C library's allocator, told to keep what is freed.

Libraries allocate each result anew. Left to itself, glibc gives large arrays back to the system, which then clears
every page again, or keeps them, depending on what was freed before: a library's time would depend on who came
before it, by a factor of two. Kept memory is the faster for all.
"""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8
MOST = 2**31 - 1


def keep() -> None:
    """Does nothing where the C library is another."""
    libc = _glibc()
    if libc:
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_ARENA_MAX, 1)  # what one thread frees another gets
        libc.mallopt(M_TRIM_THRESHOLD, MOST)


def give_back() -> None:
    """Between two cases."""
    libc = _glibc()
    if libc:
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    try:
        libc = ctypes.CDLL("libc.so.6")
        return libc if hasattr(libc, "malloc_trim") else None
    except OSError:
        return None
