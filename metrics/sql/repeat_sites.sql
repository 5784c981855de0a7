-- One row per case and period, for the cases received in the $repeat_site_days days that end with the period.
SELECT
    f.*,
    p.period_no,
    p.cut_on,
    f.site_key IS NOT NULL
        AND count(*) OVER (PARTITION BY p.period_no, f.site_key) >= $repeat_site_cases AS is_repeat_site
FROM {case_facts} AS f
JOIN periods AS p ON f.received_on > p.cut_on - $repeat_site_days AND f.received_on <= p.cut_on
WHERE
    f.is_counted AND f.received_on > $from_on - $repeat_site_days AND f.received_on <= $to_on
    -- The same by the stored time, so that nothing is worked out on the other rows.
    AND f.received_at >= $from_on::DATE - $repeat_site_days AND f.received_at < $to_on::DATE + 1
