-- One row per line of the backlog ledger. left_on: the day it left the stock, never before it was listed, so that the
-- stock before, plus what was listed, less what left, is the stock after. A flag without a date resolves nothing.
SELECT
    *,
    listed_at::DATE AS listed_on,
    -- greatest passes over a NULL: a line without a day of listing leaves on the day it was resolved.
    CASE WHEN is_resolved AND resolved_at IS NOT NULL THEN greatest(resolved_at::DATE, listed_at::DATE) END AS left_on
FROM backlog
