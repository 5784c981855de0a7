-- One row per pair of cases of one person about one place within $twin_days days that came by two sources.
WITH known AS (
    SELECT case_no, source, received_at, received_on, petitioner_key, site_key, site, branch
    FROM {case_facts}
    WHERE is_counted AND petitioner_key IS NOT NULL AND site_key IS NOT NULL
        AND received_on BETWEEN $from_on - $twin_days AND $to_on AND [where]
)
SELECT
    a.site, a.branch,
    a.case_no AS first_no, a.source AS first_source, a.received_on AS first_on,
    b.case_no AS second_no, b.source AS second_source, b.received_on AS second_on
FROM known AS a
JOIN known AS b
    ON a.petitioner_key = b.petitioner_key AND a.site_key = b.site_key AND a.source <> b.source
    AND (a.received_at, a.source, a.case_no) < (b.received_at, b.source, b.case_no)
    AND b.received_on <= a.received_on + $twin_days
WHERE b.received_on >= $from_on
ORDER BY second_on DESC, first_no, second_no
