-- One row per case and event: flow is accepted or closed, flow_on its day.
SELECT *, 'accepted' AS flow, accepted_on AS flow_on FROM {case_facts} WHERE is_accepted
UNION ALL
SELECT *, 'closed' AS flow, closed_on AS flow_on FROM {case_facts} WHERE is_closed
