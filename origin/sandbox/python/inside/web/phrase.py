"""The usual words for a status."""


def phrase(status: int) -> str:
    """The reason phrase of RFC 9110, 15; empty for a status that has none."""
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ''
