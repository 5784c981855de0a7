-- One row per case closed from $from_on to $to_on, with whether its matter came back within $first_resolution_days.
-- It came back when a later case names it as its original, or the same person petitioned again about the same site
-- (or, where a site is not given, the later case is marked as a repeat).
SELECT
    f.*,
    $as_of_on - f.closed_on >= $first_resolution_days AS is_observed,
    f.case_key IN (
        SELECT b.case_key
        FROM {case_facts} AS b
        JOIN {case_facts} AS r ON r.petitioner_key = b.petitioner_key AND r.case_key <> b.case_key
        WHERE b.is_closed AND b.closed_on BETWEEN $from_on AND $to_on
            AND b.closed_at >= $from_on::DATE AND b.closed_at < $to_on::DATE + 1
            AND r.received_at > b.received_at AND r.received_on <= b.closed_on + $first_resolution_days
            AND (r.site = b.site OR (r.is_repeat AND (r.site IS NULL OR b.site IS NULL)))
        UNION ALL
        SELECT b.case_key
        FROM {case_facts} AS b
        JOIN {case_facts} AS r ON r.repeat_of = b.case_no AND r.case_key <> b.case_key
        WHERE b.is_closed AND b.closed_on BETWEEN $from_on AND $to_on
            AND b.closed_at >= $from_on::DATE AND b.closed_at < $to_on::DATE + 1
            AND r.received_on <= b.closed_on + $first_resolution_days
    ) AS came_back
FROM {case_facts} AS f
WHERE
    f.is_closed AND f.closed_on BETWEEN $from_on AND $to_on
    -- The same by the stored time, so that nothing is worked out on the other rows.
    AND f.closed_at >= $from_on::DATE AND f.closed_at < $to_on::DATE + 1
