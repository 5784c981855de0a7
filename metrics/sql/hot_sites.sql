-- One row per place with $repeat_site_cases or more cases in the $repeat_site_days days that end on $to_on.
-- What makes it such a place are all its cases; what is shown of it are those that the filter wants.
WITH periods AS (SELECT 0 AS period_no, $to_on::DATE AS cut_on)
SELECT
    site_key,
    mode(site ORDER BY site) AS site,
    list_sort(list(DISTINCT site)) AS writings,
    list_sort(list(DISTINCT branch)) AS branches,
    mode(branch ORDER BY branch) AS branch,
    count(*) AS cases,
    any_value(everybody) AS all_cases,
    count(DISTINCT petitioner_key) AS people,
    count(*) FILTER (WHERE petitioner_key IS NULL) AS nameless,
    max(received_on) AS last_on,
    list_sort(list_distinct(flatten(list(coalesce(pollution_type, []))))) AS types,
    count(*) FILTER (WHERE CASE WHEN cut_on >= $as_of_on THEN is_open ELSE open_until > cut_on END) AS still_open,
    count(*) FILTER (WHERE rating_counted = '不满意' AND rating_on <= cut_on) AS dissatisfied
FROM (SELECT *, count(*) OVER (PARTITION BY site_key) AS everybody FROM {repeat_sites} WHERE is_repeat_site)
WHERE [where]
GROUP BY site_key
ORDER BY cases DESC, last_on DESC, site_key
