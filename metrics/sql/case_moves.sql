-- One row per case and move, three moves at most: received; handled (accepted, or gone without it); closed or gone.
-- closed: 已办结. gone: every other way out (不予受理, 退回, 撤回, 并案). A case closed without a time leaves on the day it
-- came, so that what came less what left is what is in hand.
SELECT *, 'received' AS move, received_on AS move_on FROM {case_facts} WHERE is_valid
UNION ALL
SELECT
    *,
    'handled' AS move,
    least(
        CASE WHEN accepted_on IS NOT NULL THEN greatest(accepted_on, received_on) WHEN is_accepted THEN received_on END,
        CASE WHEN NOT is_open THEN greatest(received_on, coalesce(open_until, received_on)) END
    ) AS move_on
FROM {case_facts}
WHERE is_valid AND (is_accepted OR NOT is_open)
UNION ALL
SELECT
    *,
    CASE WHEN is_closed THEN 'closed' ELSE 'gone' END AS move,
    greatest(received_on, coalesce(open_until, received_on)) AS move_on
FROM {case_facts}
WHERE is_valid AND NOT is_open
