-- One row per window asked for (its number in $kinds): the cases of that place, township, or branch and type in it.
WITH asked AS (
    SELECT
        unnest(range(len($kinds::VARCHAR[]))) AS no, unnest($kinds::VARCHAR[]) AS kind, unnest($keys::VARCHAR[]) AS key,
        unnest($labels::VARCHAR[]) AS label, unnest($firsts::DATE[]) AS first_on, unnest($lasts::DATE[]) AS last_on
),
found AS (
    SELECT
        asked.no, facts.case_key, facts.branch, facts.pollution_type, facts.site_key, facts.site,
        count(*) OVER (PARTITION BY asked.no, facts.site_key) AS at_site
    FROM asked
    JOIN (SELECT * FROM {case_facts} WHERE is_counted AND [where]) AS facts
        ON facts.received_on BETWEEN asked.first_on AND asked.last_on
        AND CASE asked.kind
            WHEN 'site' THEN facts.site_key = asked.key
            WHEN 'area' THEN facts.area = asked.key
            ELSE facts.branch = asked.key AND list_contains(facts.pollution_type, asked.label)
        END
)
SELECT
    no,
    count(*)::INTEGER AS cases,
    mode(branch ORDER BY branch) AS branch,
    list_sort(list_distinct(flatten(list(coalesce(pollution_type, []))))) AS types,
    arg_max(site, (at_site, site)) FILTER (WHERE site_key IS NOT NULL) AS top_site,
    coalesce(max(at_site) FILTER (WHERE site_key IS NOT NULL), 0)::INTEGER AS top_cases
FROM found
GROUP BY no
