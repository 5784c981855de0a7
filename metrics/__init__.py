"""KPIs: what each is, counted from the store, compared, explained. Knows nothing of the screen."""

from metrics import kept as kept  # offers the relations that queries name in braces, whichever module comes first
