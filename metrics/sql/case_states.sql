-- One row per case and period in which the case was open at the end of the period's last counted day.
-- On the day of as_of the status itself says what is open; before that the dates do.
SELECT
    f.*,
    p.period_no,
    p.cut_on,
    CASE WHEN $by_moment THEN f.due_at < least(p.cut_on + INTERVAL 1 DAY, $as_of) ELSE f.due_on < p.cut_on END
        AS is_overdue,
    f.due_on - p.cut_on AS days_left
FROM {case_facts} AS f
JOIN periods AS p
    ON f.received_on <= p.cut_on
    AND CASE WHEN p.cut_on >= $as_of_on THEN f.is_open ELSE f.open_until > p.cut_on END
WHERE f.received_on <= $to_on AND f.open_until >= $from_on
