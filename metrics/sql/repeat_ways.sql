-- One row: how the repeat petitions received from $from_on to $to_on were recognised.
SELECT
    count(*) FILTER (WHERE is_repeat AND is_repeat_local IS NOT NULL) AS by_flag,
    count(*) FILTER (WHERE is_repeat AND is_repeat_local IS NULL) AS inferred,
    count(*) FILTER (WHERE is_repeat_local IS NOT NULL) AS flagged,
    count(*) FILTER (WHERE is_repeat_local IS NULL AND (petitioner_key IS NULL OR site IS NULL)) AS unjudged
FROM {case_facts}
WHERE is_counted AND received_on BETWEEN $from_on AND $to_on AND [where]
