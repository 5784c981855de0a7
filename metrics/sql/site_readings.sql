-- One row per item and day or month ($grain) of the monitor whose place is one of $names, however it is written.
SELECT
    item, any_value(unit) AS unit, date_trunc($grain, measured_at)::DATE AS starts_on, count(value)::INTEGER AS readings,
    median(value) AS middle, max(value) AS highest, list_sort(list(DISTINCT site_name)) AS places
FROM monitoring
WHERE value IS NOT NULL AND measured_at::DATE BETWEEN $from_on AND $to_on
    AND list_contains($names::VARCHAR[], upper(regexp_replace(site_name, $site_marks, '', 'g')))
GROUP BY item, starts_on
ORDER BY item, starts_on
