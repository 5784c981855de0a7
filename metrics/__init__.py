"""KPIs: what each is, counted from the store, compared, explained. Knows nothing of the screen."""
