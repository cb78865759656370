"""How well the keys of a scenario can be told at all, from runs near the truth; used by recover.py."""
import math

STEP = 0.05  # of the slopes at the truth, in the logarithm of a key
SEEDS = 6    # that chance is taken from


def inverse(matrix):
    n = len(matrix)
    rows = [list(row) + [float(i == j) for j in range(n)] for i, row in enumerate(matrix)]
    for c in range(n):
        pivot = max(range(c, n), key=lambda i: abs(rows[i][c]))
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [x / rows[c][c] for x in rows[c]]
        for i in range(n):
            if i != c:
                rows[i] = [x - rows[i][c] * y for x, y in zip(rows[i], rows[c])]
    return [row[n:] for row in rows]


def best_errors(case, simulate):
    """Standard errors of the keys, as shares, that noise and chance leave to an estimator that knows the neighbourhood of the
    truth: weighted least squares of the logarithms x of all rows, weights w = 1 / (noise^2 + variance over seeds), with their
    slopes J: C = (J'wJ)^-1. Noise adds C J'w^2 J C noise^2 to its covariance, and chance what C J'w x of the seeds differs by."""
    def logarithms(seed, values=None):
        rows, _ = simulate(seed, values)
        return [math.log(value) if value and value > 0 else None for name in case.match for value in rows[name]]
    slopes = []
    for path, (value, _) in case.keys.items():
        low, high = ((round if isinstance(value, int) else float)(value * math.exp(way * STEP)) for way in (-1, 1))
        below, above = logarithms(1, {path: low}), logarithms(1, {path: high})
        slopes.append([(b - a) / math.log(high / low) if None not in (a, b) else 0 for a, b in zip(below, above)])
    seeds = [logarithms(seed) for seed in range(1, 1 + SEEDS)]
    columns = [[x for x in column if x is not None] for column in zip(*seeds)]
    means = [sum(column) / len(column) if column else 0 for column in columns]
    weights = [1 / (case.noise ** 2 + sum((x - m) ** 2 for x in column) / (len(column) - 1)) if len(column) > 1 else 0
               for column, m in zip(columns, means)]
    covariance = inverse([[sum(w * x * y for w, x, y in zip(weights, a, b)) for b in slopes] for a in slopes])
    pulls = [[sum(w * x * (y - m) for w, x, y, m in zip(weights, slope, rows, means) if y is not None) for slope in slopes]
             for rows in seeds]
    squares = [[sum(w * w * x * y for w, x, y in zip(weights, a, b)) for b in slopes] for a in slopes]
    errors = []
    for row in covariance:
        off = [sum(x * y for x, y in zip(row, pull)) for pull in pulls]
        mean = sum(off) / SEEDS
        noise = case.noise ** 2 * sum(x * y * squares[i][j] for i, x in enumerate(row) for j, y in enumerate(row))
        errors.append(math.sqrt(noise + sum((x - mean) ** 2 for x in off) / (SEEDS - 1)))
    return errors
