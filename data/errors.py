"""The one kind of error that a user can mend.

Everything else is a defect and may crash loudly. A UserError is shown as it stands, on the page and on the
command line (exit code 1), so its text is one Chinese sentence: what is wrong, where, and what to do about it.
It never quotes a cell that may hold personal data.
"""


class UserError(Exception):
    """Something the user can put right; str(error) is the sentence to show."""


class UnknownFormat(UserError):
    """A file whose headings no profile knows: the import page offers to map it."""
