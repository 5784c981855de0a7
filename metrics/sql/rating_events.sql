-- One row per rating that a later export gave differently; seen_on is the day of that export.
SELECT f.*, e.before, e.after, e.seen_at::DATE AS seen_on
FROM events AS e
JOIN {case_facts} AS f USING (case_key)
WHERE e.kind = 'rating_changed'
