-- One row per case and period in which the case was open at the end of the period's last counted day.
-- On the day of as_of the status itself says what is open; before that the dates do.
SELECT
    *,
    CASE WHEN $by_moment THEN due_at < cut_at ELSE due_on < cut_on END AS is_overdue,
    due_on - cut_on AS days_left,
    awaits_acceptance AND CASE WHEN $by_moment THEN accept_due_at < cut_at ELSE accept_due_on < cut_on END
        AS is_accept_overdue,
    accept_due_on - cut_on AS accept_days_left,
    cut_on - received_on AS days_in_hand
FROM (
    SELECT
        f.*,
        p.period_no,
        p.cut_on,
        least(p.cut_on + INTERVAL 1 DAY, $as_of) AS cut_at,
        -- Told neither of acceptance nor of refusal by that day; not known of a source that has no acceptance.
        coalesce(f.accept_state IN ('never', 'pending') OR f.accept_told_at::DATE > p.cut_on, FALSE)
            AS awaits_acceptance
    FROM {case_facts} AS f
    JOIN periods AS p
        ON f.received_on <= p.cut_on
        AND CASE WHEN p.cut_on >= $as_of_on THEN f.is_open ELSE f.open_until > p.cut_on END
    WHERE f.received_on <= $to_on AND f.open_until >= $from_on
)
