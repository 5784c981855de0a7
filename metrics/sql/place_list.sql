-- One row per place, the most complained about first: what the search offers, a thousand at most.
SELECT mode(site ORDER BY site) AS site
FROM {case_facts}
WHERE is_counted AND site_key IS NOT NULL
GROUP BY site_key
ORDER BY count(*) DESC, site
LIMIT 1000
