-- One row per case of the place that is written as $site, received by $to_on, the newest first.
SELECT
    case_no, received_on, source, channel, branch, coalesce(pollution_type, []) AS types, status, rating_counted AS rating, site,
    petitioner_key IS NOT NULL AS is_known, petitioner_key, closed_on,
    nullif(upper(regexp_replace(site_address, $site_marks, '', 'g')), '') AS address_key, area
FROM {case_facts}
WHERE is_counted AND received_on <= $to_on AND [where]
    AND site_key = upper(regexp_replace($site, $site_marks, '', 'g'))
ORDER BY received_at DESC, case_key
