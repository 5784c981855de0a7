-- One row per place with cases in the $repeat_site_days days that end on $to_on, to find writings of one place.
SELECT site_key, mode(site ORDER BY site) AS site, count(*) AS cases, mode(area ORDER BY area) AS area
FROM {case_facts}
WHERE is_counted AND site_key IS NOT NULL AND received_on BETWEEN $to_on - $repeat_site_days + 1 AND $to_on AND [where]
GROUP BY site_key
ORDER BY site_key
