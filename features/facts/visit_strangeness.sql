-- All dimensions of a visit together: minus the logarithms of the tail shares, each less what every visit has anyway.
-- One column a dimension is kept, so that the report can say what was strange. Summed as decimals: a sum of doubles
-- depends on the order in which threads deliver them.
SELECT
    s.visit_no,
    s.agency_code,
    CAST(SUM(CAST(GREATEST(-LN(t.p) - 1e0, 0e0) AS DECIMAL(18, 9))) AS DOUBLE) AS strangeness,
    MAX(CASE WHEN s.dimension = 'procedure' THEN -LN(t.p) END) AS of_procedure,
    MAX(CASE WHEN s.dimension = 'item' THEN -LN(t.p) END) AS of_item,
    MAX(CASE WHEN s.dimension = 'provider' THEN -LN(t.p) END) AS of_provider,
    MAX(CASE WHEN s.dimension = 'clock' THEN -LN(t.p) END) AS of_clock,
    MAX(CASE WHEN s.dimension = 'terminal' THEN -LN(t.p) END) AS of_terminal,
    MAX(CASE WHEN s.dimension = 'outcome' THEN -LN(t.p) END) AS of_outcome,
    MAX(CASE WHEN s.dimension = 'reason' THEN -LN(t.p) END) AS of_reason,
    MAX(CASE WHEN s.dimension = 'breadth' THEN -LN(t.p) END) AS of_breadth,
    MAX(CASE WHEN s.dimension = 'acquaintance' THEN -LN(t.p) END) AS of_acquaintance,
    MAX(CASE WHEN s.dimension = 'standing' THEN -LN(t.p) END) AS of_standing,
    MAX(CASE WHEN s.dimension = 'amount' THEN -LN(t.p) END) AS of_amount,
    MAX(CASE WHEN s.dimension = 'period' THEN -LN(t.p) END) AS of_period,
    MAX(CASE WHEN s.dimension = 'company' THEN -LN(t.p) END) AS of_company,
    MAX(CASE WHEN s.dimension = 'pretext' THEN -LN(t.p) END) AS of_pretext
FROM visit_surprise s
JOIN surprise_tail t ON t.agency_code = s.agency_code AND t.dimension = s.dimension AND t.surprise_bin = s.surprise_bin
GROUP BY s.visit_no, s.agency_code
