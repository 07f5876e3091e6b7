"""The associative operator of linear recurrences, for any library's arrays."""


def then(first, second):
    """S5's operator, on real and on complex numbers."""
    (a, b), (next_a, next_b) = first, second
    return next_a * a, next_a * b + next_b


def then_planar(first, second):
    """The same for complex numbers in planes."""
    (a_re, a_im, b_re, b_im), (c_re, c_im, d_re, d_im) = first, second
    return (
        c_re * a_re - c_im * a_im,
        c_re * a_im + c_im * a_re,
        c_re * b_re - c_im * b_im + d_re,
        c_re * b_im + c_im * b_re + d_im,
    )
