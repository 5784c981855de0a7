-- One row per line of the backlog ledger.
SELECT *, listed_at::DATE AS listed_on FROM backlog
