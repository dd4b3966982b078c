"""``make bench``: what the list of profiles costs at 200,000 rows.

The peer of the counts is the same question asked of a stored column: what status would
cost if something had to run to keep it true. Writes ``.local/bench.json``.
"""

import json
import statistics
import subprocess
import sys
import time

from dev import layout, odoo, shell, testing

ROWS = 200_000
RUNS = 15
FILL = """
    INSERT INTO social_profile (name, network_id, company_id, active, external_id,
           cycle, expires_at, create_uid, create_date, write_uid, write_date)
    SELECT 'Profile ' || n, (SELECT min(id) FROM social_network), 1, true,
           'x' || n, 0,
           CASE WHEN n %% 50 = 0 THEN NULL
                ELSE now() AT TIME ZONE 'UTC' + (n %% 4000 - 100) * interval '1 hour'
           END,
           1, now(), 1, now()
      FROM generate_series(1, %s) n;
    ALTER TABLE social_profile ADD COLUMN stored_status varchar;
    UPDATE social_profile SET stored_status = CASE
        WHEN expires_at IS NULL THEN 'no_expiry'
        WHEN expires_at <= now() AT TIME ZONE 'UTC' THEN 'expired'
        WHEN expires_at <= now() AT TIME ZONE 'UTC' + interval '7 days' THEN 'expiring'
        ELSE 'valid' END;
    ANALYZE social_profile;
"""
PAGE_LIMIT = 5  # milliseconds: a filter of the list is not felt
PEER_COUNT = (
    "SELECT stored_status, count(*) FROM social_profile WHERE active GROUP BY 1"
)


def main():
    """Measure in a database of its own and print the table."""
    with testing.run_database() as name:
        command = odoo.command(["shell", "-d", name, "--no-http", "--log-level=error"])
        result = subprocess.run(
            [str(part) for part in command],
            input="from bench.__main__ import measure; measure(env)",
            text=True,
            env=shell.merged(odoo.environment() | {"PYTHONPATH": str(layout.ROOT)}),
            cwd=layout.ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
    rows = json.loads(result.stdout.splitlines()[-1])
    (layout.LOCAL / "bench.json").write_text(json.dumps(rows, indent=1))
    show(rows)
    return 0 if all(row["ratio"] <= row["goal"] for row in rows) else 1


def measure(env):
    """Print the rows as one line of JSON; runs inside Odoo's shell."""
    env.cr.execute(FILL, [ROWS])
    profiles = env["social.profile"].with_context(bin_size=True)
    rows = []
    for status in ("expired", "expiring", "valid", "no_expiry"):
        domain = [("status", "=", status)]
        rows.append(
            row(
                f"first 80 of status {status}",
                median(lambda domain=domain: profiles.search(domain, limit=80).ids),
                PAGE_LIMIT,
                goal=1,
            )
        )
    statuses = ("expired", "expiring", "no_expiry")
    rows.append(
        row(
            "counts of all statuses",
            median(
                lambda: (
                    [profiles.search_count([("status", "=", one)]) for one in statuses]
                    + [profiles.search_count([])]
                )
            ),
            median(lambda: query(env, PEER_COUNT)),
            goal=1.5,
        )
    )
    print(json.dumps(rows))


def query(env, statement):
    env.cr.execute(statement)
    return env.cr.fetchall()


def row(work, ours, peer, goal):
    """Return a line of the table; ``goal`` is the ratio not to exceed."""
    return {
        "work": work,
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "ratio": round(ours / peer, 2),
        "goal": goal,
    }


def median(call):
    """Return the median of some runs in milliseconds."""
    times = []
    for _run in range(RUNS):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def show(rows):
    """Print the table."""
    print(f"\n{ROWS:,} profiles; milliseconds, median of {RUNS} runs")
    print(f"{'Work':<28}{'Ours':>9}{'Peer or limit':>15}{'Ratio':>8}{'Goal':>7}")
    for one in rows:
        print(
            f"{one['work']:<28}{one['ours']:>9}{one['peer']:>15}"
            f"{one['ratio']:>8}{'<= ' + str(one['goal']):>7}"
        )


if __name__ == "__main__":
    sys.exit(main())
