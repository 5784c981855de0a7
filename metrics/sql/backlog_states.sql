-- One row per line of the backlog ledger and period by whose end it was listed.
-- A line without a date of listing counts as listed from the beginning: the list of a batch is fixed.
SELECT
    b.*,
    p.period_no,
    p.cut_on,
    coalesce(b.is_resolved AND b.resolved_at::DATE <= p.cut_on, FALSE) AS was_resolved
FROM backlog AS b
JOIN periods AS p ON coalesce(b.listed_at::DATE, DATE '0001-01-01') <= p.cut_on
