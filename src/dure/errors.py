"""The one way to say no to a person."""


class Refused(Exception):
    """What was asked for can't be done; `message` tells the person what is wrong and what to do.

    Only what somebody *asks for* is refused, never what somebody *saw*. Any other exception is a bug.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
