-- One row per key case and period by whose end it was listed; one without a date of listing counts from the beginning.
SELECT
    k.*,
    p.period_no,
    p.cut_on,
    coalesce(k.is_solved AND k.solved_at::DATE <= p.cut_on, FALSE) AS was_solved
FROM key_cases AS k
JOIN periods AS p ON coalesce(k.listed_at::DATE, DATE '0001-01-01') <= p.cut_on
