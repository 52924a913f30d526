-- How rare a request is at its agency for which no official is named: four things can be said of it, each of which is usual to one nat;
-- the sum of four such has a gamma distribution, whose tail it is.
SELECT CAST($week_start AS DATE) AS monday, s.request_id, s.agency_code,
       GREATEST(s.nats - LN(1e0 + s.nats + s.nats * s.nats / 2e0 + s.nats * s.nats * s.nats / 6e0), 0e0) AS level
FROM (SELECT t.request_id, t.agency_code, CAST(SUM(CAST(t.nats AS DECIMAL(18, 6))) AS DOUBLE) AS nats
      FROM unnamed_trait t GROUP BY t.request_id, t.agency_code) s
